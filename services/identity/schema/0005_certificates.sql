-- The certificate that a system shows in place of a secret.
ALTER TABLE `key`
  ADD COLUMN IF NOT EXISTS certificate VARCHAR(8000) NOT NULL DEFAULT '' AFTER scope,
  ADD COLUMN IF NOT EXISTS certificate_sha256 VARCHAR(64) NOT NULL DEFAULT '' AFTER certificate;
