-- The record whose rows alone a key opens.
ALTER TABLE `key` ADD COLUMN IF NOT EXISTS scope VARCHAR(100) NOT NULL DEFAULT '' AFTER state;
