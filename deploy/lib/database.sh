# The private database: a MariaDB of this state folder alone, reached by its unix socket only. Sourced by deploy/up after common.sh.
#
# Accounts: the operating-system user of this folder is the server's administrator by its socket, without a password. owner
# changes schemas. Each register's runtime account reads and writes the rows of its own schema and cannot change its journal.

DATABASE_LOG_TAIL=15

# What a MariaDB server program must be told when root runs it.
AS_SELF=()
((EUID != 0)) || AS_SELF=(--user=root)

# sql: runs the statements of standard input as administrator.
sql() {
  mariadb --no-defaults --socket="$SOCKET" --user="$(id -un)" --batch --skip-column-names --connect-timeout=5 "$@" 9>&-
}

# buffer_pool_mib: how much memory the database may keep pages in: an eighth of the machine's, from 256 MiB to 1 GiB. What is
# not used is not taken.
buffer_pool_mib() {
  local eighth
  eighth=$(awk '/^MemTotal:/ {print int($2 / 8192)}' /proc/meminfo)
  ((eighth > 256)) || eighth=256
  ((eighth < 1024)) || eighth=1024
  printf '%d' "$eighth"
}

# start_database: starts MariaDB on this state's data, after making them if there are none, and waits until it answers.
# It adds its process to STARTED.
start_database() {
  local id log=$STATE/logs/mariadb.log
  create_datadir
  : >>"$log"
  local seen
  seen=$(wc -c <"$log")
  hold_interrupts
  setsid mariadbd --no-defaults "${AS_SELF[@]}" --datadir="$STATE/mariadb" --tmpdir="$STATE/mariadb.tmp" --socket="$SOCKET" \
    --pid-file="$STATE/mariadb/server.pid" --log-error="$log" --skip-networking --skip-name-resolve --local-infile=0 \
    --innodb-flush-log-at-trx-commit=1 --innodb-buffer-pool-size="$(buffer_pool_mib)M" --innodb-log-file-size=256M \
    --max-connections=200 --max-allowed-packet=64M --default-time-zone=+00:00 \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_bin --performance-schema=OFF \
    </dev/null >/dev/null 2>&1 9>&- &
  id=$!
  STARTED+=("$id")
  RUNNING[mariadb]=$id
  release_interrupts
  await_database "$id" "$seen"
}

# create_datadir: makes an empty database beside its place and moves it there whole, so that a killed start leaves none half made.
# Its temporary tables have a folder of their own: a server that starts removes all that it finds where it keeps its own.
create_datadir() {
  rm -rf -- "$STATE/mariadb.new"
  mkdir -p -- "$STATE/mariadb.tmp"
  [[ ! -d $STATE/mariadb ]] || return 0
  say "Making the database." "正在建立数据库。"
  mariadb-install-db --no-defaults "${AS_SELF[@]}" --datadir="$STATE/mariadb.new" --tmpdir="$STATE/mariadb.tmp" \
    --skip-test-db --skip-name-resolve --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" \
    >"$STATE/logs/mariadb-install.log" 2>&1 9>&- ||
    database_failed "$STATE/logs/mariadb-install.log" 0
  sync -f "$STATE"
  mv -- "$STATE/mariadb.new" "$STATE/mariadb"
}

# await_database ID SEEN: waits until the server answers; recovery after a power cut may take it a while. SEEN bytes of its
# log are older than this start.
await_database() {
  local deadline=$((SECONDS + 180))
  until echo 'SELECT 1' | sql >/dev/null 2>&1; do
    alive "$1" || database_failed "$STATE/logs/mariadb.log" "$2"
    ((SECONDS < deadline)) || database_failed "$STATE/logs/mariadb.log" "$2"
    sleep 0.1
  done
}

# database_failed LOG SEEN: says why the database does not start, as far as its log knows, and ends.
database_failed() {
  local new
  new=$(tail -c "+$(($2 + 1))" -- "$1" 2>/dev/null || true)
  if grep -qE 'No space left|Errcode: 28|error 28|Disk is full|disk full' <<<"$new"; then
    die "MariaDB did not start: the disk of $STATE is full. Make room and run deploy/up again; no data is lost." \
      "MariaDB 未能启动：$STATE 所在磁盘已满。请清理空间后重新运行 deploy/up；数据没有丢失。"
  fi
  grep -E 'ERROR|FATAL|\[Note\] .*recover' <<<"$new" | tail -n "$DATABASE_LOG_TAIL" >&2 || tail -n "$DATABASE_LOG_TAIL" <<<"$new" >&2
  die "MariaDB did not start; its log is $1." "MariaDB 未能启动，日志见 $1。"
}

# new_secret FILE: writes 32 random bytes as base64url on one line, mode 0600, unless the file is there.
new_secret() {
  [[ ! -s $1 ]] || return 0
  (
    umask 077
    head -c 32 /dev/urandom | base64 --wrap=0 | tr '+/' '-_' | tr -d '=' >"$1.new"
    echo >>"$1.new"
  )
  mv -- "$1.new" "$1"
}

# create_accounts: makes the schemas and accounts; harmless when they are there. Passwords travel by standard input only.
create_accounts() {
  local area
  for area in owner "${REGISTERS[@]}"; do new_secret "$STATE/secrets/$area.password"; done
  {
    echo "DELETE FROM mysql.global_priv WHERE User = '';"
    for area in "${REGISTERS[@]}"; do
      echo "CREATE DATABASE IF NOT EXISTS kechuang_$area CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;"
    done
    for area in owner "${REGISTERS[@]}"; do
      echo "CREATE USER IF NOT EXISTS kechuang_$area@localhost;"
      echo "ALTER USER kechuang_$area@localhost IDENTIFIED BY '$(<"$STATE/secrets/$area.password")';"
    done
    for area in "${REGISTERS[@]}"; do echo "GRANT ALL PRIVILEGES ON kechuang_$area.* TO kechuang_owner@localhost;"; done
    echo "FLUSH PRIVILEGES;"
  } | sql || die "The database's accounts could not be made." "无法建立数据库账户。"
}

# migrate_schemas [FLAG...]: brings every register's schema up to date, with these flags of its program, and gives its runtime account
# what it needs of each table: rows are read and written, but the journal and the access log are only ever added to, and the schema's version is only read.
migrate_schemas() {
  local area
  for area in "${REGISTERS[@]}"; do
    "$BIN/kechuang-$area" --state="$STATE" --port_base="$PORT" "$@" --migrate >"$STATE/logs/migrate-$area.log" 2>&1 9>&- || {
      tail -n 5 -- "$STATE/logs/migrate-$area.log" >&2
      die "The schema of kechuang-$area could not be brought up to date." "kechuang-$area 的库表未能升级。"
    }
  done
  sql <<<"SELECT CONCAT('GRANT ', CASE TABLE_NAME WHEN 'journal' THEN 'SELECT, INSERT' WHEN 'look' THEN 'SELECT, INSERT' WHEN 'schema_version' THEN 'SELECT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE' END, ' ON \`', TABLE_SCHEMA, '\`.\`', TABLE_NAME, '\` TO ', TABLE_SCHEMA, '@localhost;')
    FROM information_schema.TABLES WHERE TABLE_SCHEMA IN ('$(printf "kechuang_%s', '" "${REGISTERS[@]}")')" | sql ||
    die "The database's accounts could not be given their rights." "无法授予数据库账户权限。"
}
