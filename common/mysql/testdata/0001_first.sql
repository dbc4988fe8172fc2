-- What kechuang_schema has to carry over unharmed: comments; quotes, [brackets] and ${dollars}.
CREATE TABLE IF NOT EXISTS item (
  name VARCHAR(160) NOT NULL COMMENT 'a; b [c] "d" ${e} \\ #',
  PRIMARY KEY (name)
) ENGINE=InnoDB;

INSERT IGNORE INTO item (name) VALUES ('钢;[1];${x}');
