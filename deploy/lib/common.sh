# Words, the state folder and its processes: what deploy/install, up and down share. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
# Programs come from build/bin; KECHUANG_BIN names another folder of programs that are built already.
BIN=${KECHUANG_BIN:-$ROOT/build/bin}
SERVICES=(identity enterprise loan contract report gateway)  # in the order of starting
REGISTERS=(enterprise loan contract identity)                # those with a schema
declare -A OFFSET=([gateway]=0 [enterprise]=1 [loan]=2 [contract]=3 [report]=4 [identity]=5)
HTTP_OFFSET=80

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in
  zh*) CHINESE=yes ;;
  *) CHINESE=no ;;
esac

# say ENGLISH CHINESE: one plain line in the caller's language.
say() {
  if [[ $CHINESE == yes ]]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

# die ENGLISH CHINESE: says why nothing more can be done, and ends with 1.
die() {
  say "$@" >&2
  exit 1
}

# open_state DIR: sets STATE to the absolute folder and its paths, makes it for this user alone, and takes its lock until this
# process ends, so that no two runs of up and down work on one state.
open_state() {
  STATE=$(realpath -m -- "$1")
  SOCKET=$STATE/mariadb.sock
  # A unix socket's address holds 107 bytes.
  local longest=$((107 - 13)) bytes
  bytes=$(printf %s "$STATE" | wc -c)
  ((bytes <= longest)) || die \
    "The state folder's path has $bytes bytes; a socket inside it allows $longest. Choose a shorter one with --state." \
    "状态目录路径有 $bytes 字节，其中的套接字最多允许 $longest 字节。请用 --state 指定更短的路径。"
  mkdir -p -- "$STATE" || die "The state folder $STATE cannot be made." "无法创建状态目录 $STATE。"
  [[ -O $STATE ]] || die "The state folder $STATE belongs to another user; use --state to choose one of your own." \
    "状态目录 $STATE 属于其他用户；请用 --state 指定自己的目录。"
  chmod 0700 -- "$STATE"
  mkdir -p -- "$STATE/secrets" "$STATE/logs"
  exec 9>"$STATE/lock"
  flock --nonblock 9 || die "Another deploy/up or deploy/down is at work on $STATE; try again when it has ended." \
    "另一个 deploy/up 或 deploy/down 正在操作 $STATE，请等它结束后再试。"
}

# find_processes: fills RUNNING (mariadb or a service's name -> process id) with the processes of this state. They are known by
# program and exact state argument, so neither a stale file nor a reused id can name a stranger, and none is missed.
find_processes() {
  declare -gA RUNNING=()
  local file argv id program
  for file in /proc/[0-9]*/cmdline; do
    argv=()
    { mapfile -d '' -t argv <"$file"; } 2>/dev/null || continue
    program=${argv[0]:-}
    program=${program##*/}
    id=${file//[^0-9]/}
    case $program in
      mariadbd) has_argument "--datadir=$STATE/mariadb" "${argv[@]}" && RUNNING[mariadb]=$id ;;
      kechuang-*)
        has_argument --migrate "${argv[@]}" && continue
        has_argument "--state=$STATE" "${argv[@]}" && RUNNING[${program#kechuang-}]=$id
        ;;
    esac
  done
  return 0
}

# has_argument WANTED ARGUMENT...: true if one of the arguments is the wanted one.
has_argument() {
  local wanted=$1 argument
  shift
  for argument; do [[ $argument == "$wanted" ]] && return 0; done
  return 1
}

# alive ID: true while the process runs; a dead one that nobody has collected yet counts as dead.
alive() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  stat=${stat##*) }
  [[ ${stat:0:1} != [ZX] ]]
}

# stop_process ID SECONDS: asks the process to end and waits for it; false if it still runs after that time.
stop_process() {
  local deadline=$((SECONDS + $2))
  kill -TERM "$1" 2>/dev/null || return 0
  while alive "$1"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

# stop_services NAME...: ends these services of RUNNING, all at once, by force after 15 seconds; what callers were not told is
# safe to send again.
stop_services() {
  local name waiting=()
  for name; do
    [[ -n ${RUNNING[$name]:-} ]] || continue
    stop_process "${RUNNING[$name]}" 15 &
    waiting+=("$name:$!")
  done
  for name in ${waiting[@]+"${waiting[@]}"}; do
    wait "${name#*:}" && continue
    name=${name%:*}
    say "kechuang-$name does not end; killing it." "kechuang-$name 未能正常退出，强制结束。"
    kill -KILL "${RUNNING[$name]}" 2>/dev/null || true
  done
}

# stop_database ID: ends MariaDB, and gives it all the time it needs to write its pages.
stop_database() {
  stop_process "$1" 120 || die "MariaDB (process $1) has not ended within 120 s; see $STATE/logs/mariadb.log." \
    "MariaDB（进程 $1）在 120 秒内没有退出，请查看 $STATE/logs/mariadb.log。"
}
