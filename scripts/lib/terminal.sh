# shellcheck shell=bash
# What a person reads while a script runs: lines, a progress line that counts seconds, errors.

say() { progress_end && printf '%s\n' "$*"; }

die() {
  progress_end
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# The header comment of a script is its help.
help_if_asked() {
  local argument
  for argument; do
    case $argument in -h | --help) awk 'NR > 1 { if (!/^#/) exit; sub(/^# ?/, ""); print }' "$0" && exit 0 ;; esac
  done
}

progress_shown=''

# progress WHAT SECONDS: on a terminal one line that is rewritten; elsewhere a line every ten seconds.
progress() {
  if [[ -t 2 ]]; then
    printf '\r\033[K%s ... %s s' "$1" "$2" >&2
    progress_shown=line
  elif (($2 > 0)) && [[ $progress_shown != "$1 $(($2 / 10))" ]]; then
    printf '%s ... %s s\n' "$1" "$2" >&2
    progress_shown="$1 $(($2 / 10))"
  fi
}

progress_end() {
  [[ $progress_shown != line ]] || printf '\r\033[K' >&2
  progress_shown=''
}

# wait_for SECONDS WHAT COMMAND...: polls until COMMAND succeeds; fails when the time is up.
wait_for() {
  local limit=$1 what=$2 began=$SECONDS
  shift 2
  until "$@"; do
    if ((SECONDS - began >= limit)); then progress_end && return 1; fi
    progress "$what" $((SECONDS - began))
    sleep 0.2
  done
  progress_end
}

# run_logged WHAT LOG COMMAND...: runs it with its output in LOG, whose tail is shown when it fails.
run_logged() {
  local what=$1 log=$2 began=$SECONDS job
  shift 2
  "$@" </dev/null >"$log" 2>&1 9>&- &
  job=$!
  # shellcheck disable=SC2064 # this job, not a later one
  trap "kill $job 2>/dev/null; exit 130" INT TERM
  while kill -0 "$job" 2>/dev/null; do
    progress "$what" $((SECONDS - began))
    sleep 0.2
  done
  trap - INT TERM
  progress_end
  wait "$job" && return
  tail -n 30 "$log" >&2
  die "$what failed; all of it: $log"
}
