-- Who saw personal data unmasked: one row per look, never changed. The indexes end with the name, which sorts by time.
CREATE TABLE IF NOT EXISTS look (
  book VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(160) NOT NULL,
  actor VARCHAR(120) NOT NULL,
  method VARCHAR(120) NOT NULL,
  record VARCHAR(160) NOT NULL,
  reason VARCHAR(200) NOT NULL,
  revision BIGINT NOT NULL,
  create_time DATETIME(6) NULL,
  update_time DATETIME(6) NULL,
  PRIMARY KEY (book, name),
  KEY look_actor (book, actor, name),
  KEY look_method (book, method, name),
  KEY look_record (book, record, name),
  KEY look_time (book, create_time, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;
