-- The engine's second step, the same in every register's schema: imports, what their reverts left alone, and records
-- that were taken back.
CREATE TABLE IF NOT EXISTS import (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  import_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  generation BIGINT NOT NULL,
  kind VARCHAR(40) NOT NULL,
  file_name VARCHAR(200) NOT NULL,
  file_hash VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(120) NOT NULL,
  state VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  inserted BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  unchanged BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  conflicts BIGINT NOT NULL,
  first_sequence BIGINT NOT NULL,
  last_sequence BIGINT NOT NULL,
  revert_actor VARCHAR(120) NOT NULL,
  revert_reason VARCHAR(500) NOT NULL,
  revert_sequence BIGINT NOT NULL,
  restored BIGINT NOT NULL,
  removed BIGINT NOT NULL,
  kept BIGINT NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NOT NULL,
  update_time DATETIME(6) NOT NULL,
  finish_time DATETIME(6) NULL,
  revert_time DATETIME(6) NULL,
  PRIMARY KEY (book, import_id),
  KEY import_newest (book, create_time, import_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS import_kept (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  import_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT NOT NULL,
  name VARCHAR(160) NOT NULL,
  cause VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(120) NOT NULL,
  later_sequence BIGINT NOT NULL,
  other VARCHAR(160) NOT NULL,
  origin VARCHAR(500) NOT NULL,
  PRIMARY KEY (book, import_id, sequence)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS removed_record (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(160) NOT NULL,
  revision BIGINT NOT NULL,
  PRIMARY KEY (book, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
