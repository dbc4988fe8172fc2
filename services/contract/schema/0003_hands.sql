-- Who entered and filed a contract, and who examined and decided on it.
ALTER TABLE contract
  ADD COLUMN IF NOT EXISTS makers MEDIUMTEXT NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS checkers MEDIUMTEXT NOT NULL DEFAULT '';
