-- People. `user` is a kind of the register like `key`. The rest stands beside the register: secrets and what changes at
-- every login are on no journal and in no answer. Times are microseconds since 1970.

CREATE TABLE IF NOT EXISTS `user` (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(160) NOT NULL,
  display_name VARCHAR(100) NOT NULL,
  roles MEDIUMTEXT NOT NULL,
  scope VARCHAR(160) NOT NULL,
  state VARCHAR(48) NOT NULL,
  password_set_time DATETIME(6) NULL,
  password_initial TINYINT NOT NULL,
  second_factor TINYINT NOT NULL,
  unlock_time DATETIME(6) NULL,
  password_credential VARCHAR(64) NOT NULL,
  second_factor_credential VARCHAR(64) NOT NULL,
  disable_reason VARCHAR(500) NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NULL,
  update_time DATETIME(6) NULL,
  PRIMARY KEY (book, name),
  KEY user_display_name (book, display_name, name),
  KEY user_state (book, state, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Hashes of passwords (argon2id, with their parameters) and secrets of second factors; the record of the user says
-- which of them counts.
CREATE TABLE IF NOT EXISTS credential (
  user VARCHAR(160) NOT NULL,
  id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  secret VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  last_step BIGINT NOT NULL,
  create_time BIGINT NOT NULL,
  PRIMARY KEY (user, id),
  KEY credential_kind (user, kind, create_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Wrong passwords in a row.
CREATE TABLE IF NOT EXISTS login_failure (
  user VARCHAR(160) NOT NULL,
  failures BIGINT NOT NULL,
  PRIMARY KEY (user)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

-- Sessions of people; of the refresh token there is its SHA-256 alone.
CREATE TABLE IF NOT EXISTS session (
  id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  user VARCHAR(160) NOT NULL,
  refresh_sha256 VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  second_factor TINYINT NOT NULL,
  create_time BIGINT NOT NULL,
  expire_time BIGINT NOT NULL,
  token_expire_time BIGINT NOT NULL,
  end_time BIGINT NULL,
  PRIMARY KEY (id),
  KEY session_user (user, end_time),
  KEY session_ended (end_time, token_expire_time),
  KEY session_expire (expire_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
