-- The register of identities: one table a kind, a column a field. The engine's own tables stand beside them.

CREATE TABLE IF NOT EXISTS `key` (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(160) NOT NULL,
  holder VARCHAR(100) NOT NULL,
  roles MEDIUMTEXT NOT NULL,
  expire_time DATETIME(6) NULL,
  state VARCHAR(48) NOT NULL,
  secret_sha256 VARCHAR(64) NOT NULL,
  revoke_reason VARCHAR(500) NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NULL,
  update_time DATETIME(6) NULL,
  PRIMARY KEY (book, name),
  KEY key_holder (book, holder, name),
  KEY key_state (book, state, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
