-- The engine's own tables, the same in every register's schema. Columns are in the subset of MySQL 8 and MariaDB 10.6.
CREATE TABLE IF NOT EXISTS head (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT NOT NULL,
  hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (book)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS journal (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  sequence BIGINT NOT NULL,
  name VARCHAR(160) NOT NULL,
  revision BIGINT NOT NULL,
  actor VARCHAR(120) NOT NULL,
  method VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  request_id VARCHAR(160) NOT NULL,
  reason VARCHAR(500) NOT NULL,
  import_id VARCHAR(64) NOT NULL,
  origin VARCHAR(500) NOT NULL,
  time DATETIME(6) NOT NULL,
  record MEDIUMTEXT NOT NULL,
  hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (book, sequence),
  UNIQUE KEY journal_revision (book, name, revision)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS request (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  actor VARCHAR(120) NOT NULL,
  request_id VARCHAR(160) NOT NULL,
  method VARCHAR(160) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload MEDIUMBLOB NOT NULL,
  answer MEDIUMBLOB NOT NULL,
  time DATETIME(6) NOT NULL,
  PRIMARY KEY (book, actor, request_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS total (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  measure VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cut VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  period VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cell VARCHAR(190) NOT NULL,
  entries BIGINT NOT NULL,
  amount_fen BIGINT NOT NULL,
  part_fen BIGINT NOT NULL,
  distinct_keys BIGINT NOT NULL,
  PRIMARY KEY (book, measure, cut, period, cell)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS total_key (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  measure VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cut VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  period VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  cell VARCHAR(190) NOT NULL,
  distinct_key VARCHAR(120) NOT NULL,
  entries BIGINT NOT NULL,
  PRIMARY KEY (book, measure, cut, period, cell, distinct_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE IF NOT EXISTS record_key (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  record_key VARCHAR(190) NOT NULL,
  name VARCHAR(160) NOT NULL,
  PRIMARY KEY (book, record_key, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
