# shellcheck shell=bash
# Processes that outlive the script: started with a pid file in RUN_DIR, found again, signalled, stopped.

pid_file() { printf '%s/%s.pid' "$RUN_DIR" "$1"; }

log_file() { printf '%s/log/%s.log' "$RUN_DIR" "$1"; }

# spawn NAME COMMAND...: in a session of its own, its output appended to its log. Sets SPAWNED.
spawn() {
  local name=$1 pid
  shift
  mkdir -p "$RUN_DIR/log"
  setsid "$@" </dev/null >>"$(log_file "$name")" 2>&1 9>&- &
  pid=$!
  disown "$pid"
  printf '%s\n' "$pid" "$(identity "$pid" "$name")" >"$(pid_file "$name")"
  # shellcheck disable=SC2034 # for scripts/up
  SPAWNED=yes
}

# pid_of NAME: its pid, while it runs. The pid in a stale file may be another's by now, so the identity must match.
pid_of() {
  local pid written now
  { read -r pid && read -r written; } 2>/dev/null <"$(pid_file "$1")" || return 1
  now=$(identity "$pid" "$1") && [[ $now == "$written" ]] && printf '%s' "$pid"
}

# identity PID NAME: when that process began, in ticks since boot, and the place of its pid file, since a copied folder
# has copied pid files. Fails when there is no such process, or only its remains (Z, X).
identity() {
  local fields
  read -ra fields < <(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) || return 1
  [[ ${fields[0]} != [ZX] ]] && printf '%s %s' "${fields[19]}" "$(pid_file "$2")"
}

is_running() { pid_of "$1" >/dev/null 2>&1; }

is_gone() { ! is_running "$1"; }

# signal NAME SIGNAL: fails when it does not run.
signal() {
  local pid
  pid=$(pid_of "$1") && kill "-$2" "$pid"
}

# kill_process NAME: kill -9, and wait until it is gone.
kill_process() {
  signal "$1" KILL || return 1
  wait_for 60 "killing $1" is_gone "$1" || die "$1 does not go, though it was killed"
}

# stop_process NAME SECONDS [SIGNAL]: SIGTERM or that one; kill -9 for what takes longer.
stop_process() {
  if signal "$1" "${3:-TERM}" && ! wait_for "$2" "stopping $1" is_gone "$1"; then
    say "$1 did not stop within $2 s and is killed"
    kill_process "$1"
  fi
  rm -f "$(pid_file "$1")"
}
