# Installing and building before a start. Sourced by deploy/up after common.sh.

PROGRAMS=(kc kechuang-gateway kechuang-enterprise kechuang-loan kechuang-contract kechuang-identity kechuang-report kechuang-sample)

# check_space FOLDER: ends unless the folder's disk has a gigabyte left.
check_space() {
  local folder=$1 free_kib
  while [[ ! -e $folder ]]; do folder=$(dirname -- "$folder"); done
  free_kib=$(df --output=avail -k -- "$folder" | tail -n 1)
  ((free_kib >= 1024 * 1024)) || die \
    "The disk of $1 has only $((free_kib / 1024)) MiB free; at least 1024 MiB are needed. Nothing was started." \
    "$1 所在磁盘仅剩 $((free_kib / 1024)) MiB，至少需要 1024 MiB。未启动任何程序。"
}

# build_programs: configures once and builds what is out of date; quick if nothing is.
build_programs() {
  local build=$ROOT/build log=$ROOT/build/up.log
  mkdir -p -- "$build"
  exec 8>"$build/up.lock"  # two states of one checkout may start at once, but only one of them builds
  flock --nonblock 8 || { say "Another deploy/up is building; waiting for it." "另一个 deploy/up 正在编译，等待其完成。"; flock 8; }
  if [[ ! -e $build/build.ninja ]]; then
    say "Configuring the build." "正在配置编译。"
    (cd "$ROOT" && cmake --preset release) >"$log" 2>&1 9>&- || build_failed "$log"
  fi
  if ! ninja -C "$build" -n "${PROGRAMS[@]}" 2>/dev/null 9>&- | grep -q 'no work to do'; then
    say "Building; the first time this takes a while." "正在编译，首次需要一些时间。"
    if [[ -t 1 ]]; then
      ninja -C "$build" "${PROGRAMS[@]}" 9>&- || build_failed
    else
      ninja -C "$build" "${PROGRAMS[@]}" >"$log" 2>&1 9>&- || build_failed "$log"
    fi
  fi
  exec 8>&-
}

# build_failed [LOG]: shows the end of the log and ends.
build_failed() {
  [[ -z ${1:-} ]] || grep -aE 'error|FAILED|No space' -A 4 -- "$1" | tail -n 30 >&2 || tail -n 30 -- "$1" >&2
  die "The build failed, so nothing was started." "编译失败，未启动任何程序。"
}
