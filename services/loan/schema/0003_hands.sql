-- Who entered and filed a loan, and who examined and decided on it.
ALTER TABLE loan
  ADD COLUMN IF NOT EXISTS makers MEDIUMTEXT NOT NULL DEFAULT '',
  ADD COLUMN IF NOT EXISTS checkers MEDIUMTEXT NOT NULL DEFAULT '';
