-- What an absent field looks like, so that an INSERT need not name the columns of fields that no record has.
ALTER TABLE `key`
  ALTER COLUMN holder SET DEFAULT '',
  ALTER COLUMN roles SET DEFAULT '',
  ALTER COLUMN state SET DEFAULT '',
  ALTER COLUMN secret_sha256 SET DEFAULT '',
  ALTER COLUMN revoke_reason SET DEFAULT '',
  ALTER COLUMN revision SET DEFAULT 0;
ALTER TABLE `user`
  ALTER COLUMN display_name SET DEFAULT '',
  ALTER COLUMN roles SET DEFAULT '',
  ALTER COLUMN scope SET DEFAULT '',
  ALTER COLUMN state SET DEFAULT '',
  ALTER COLUMN password_initial SET DEFAULT 0,
  ALTER COLUMN second_factor SET DEFAULT 0,
  ALTER COLUMN password_credential SET DEFAULT '',
  ALTER COLUMN second_factor_credential SET DEFAULT '',
  ALTER COLUMN disable_reason SET DEFAULT '',
  ALTER COLUMN revision SET DEFAULT 0;
