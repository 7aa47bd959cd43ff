# shellcheck shell=bash
# Sending tasks, and following them by what the workers log.

http() { with_key --max-time 8 "$@"; }

# with_key CURL-OPTION...: curl with a key of the API, where one is known, which no command line shows.
with_key() { curl -sS --noproxy '*' -K <(key_header) "$@"; }

key_header() {
  local key
  key=$(api_key)
  [[ -z $key ]] || printf 'header = "authorization: Bearer %s"\n' "$key"
}

# api_key: that of the environment, also where it is empty, else the one that Warren was started with.
api_key() { printf '%s' "${WARREN_API_KEY-$(admin_key)}"; }

# send MESSAGE: prints the id of the accepted task; shows the answer and fails when it is not accepted.
send() {
  local answer status
  answer=$(jq -nc --arg message "$1" '{message: $message}' |
    http -H 'content-type: application/json' --data-binary @- -w '\n%{http_code}' "$(sender_url)/send") ||
    { printf 'no answer from %s\n' "$(sender_url)" >&2 && return 1; }
  status=${answer##*$'\n'}
  if [[ $status != 202 ]]; then printf '%s %s\n' "$status" "${answer%$'\n'*}" >&2 && return 1; fi
  jq -r .id <<<"${answer%$'\n'*}"
}

# task_now ID: what the ledger knows of it, or nothing.
task_now() { http -f "$(sender_url)/v1/tasks/$1" 2>/dev/null || true; }

# states_of ID...: a line each, UNKNOWN where the ledger does not know it.
states_of() {
  local id state
  for id; do
    state=$(task_now "$id" | jq -r .state)
    printf '%s\n' "${state:-UNKNOWN}"
  done
}

all_ended() { ! states_of "$@" | grep -qvxE 'SUCCEEDED|DEAD|EXPIRED|CANCELLED'; }

# count_of WORD WORD...: how many of them are the first.
count_of() { printf '%s\n' "${@:2}" | grep -cx "$1" || true; }

# dots N: that many seconds of work.
dots() { printf '%*s' "$1" '' | tr ' ' .; }

# task_events [ID...]: TIME WORKER received|done|failed|timed-out|expired|cancelled|buried ID REST..., by time, since the script began. What follows the
# logger's prefix is taken, so that no message can look like an event.
task_events() {
  worker_logs | awk -v wanted=" $* " '{
    start = index($0, " : ")
    split(substr($0, start + 3), word, " ")
    if (start && word[2] ~ /^(received|done|failed|timed-out|expired|cancelled|buried)$/ && (wanted == "  " || index(wanted, " " word[3] " ")))
      print $1, substr($0, start + 3)
  }' | sort -s -k1,1
}

# receivers ID...: who received them, one line a delivery, in order of time.
receivers() { task_events "$@" | awk '$3 == "received" { print $2 }'; }

is_received() { [[ -n $(receivers "$1") ]]; }

# received_at_least N ID...: that many of them have been received.
received_at_least() {
  local count=$1
  shift
  (($(task_events "$@" | awk '$3 == "received" { print $4 }' | sort -u | wc -l) >= count))
}

# count_done ID...: how many different ones are done.
count_done() { task_events "$@" | awk '$3 == "done" { print $4 }' | sort -u | wc -l; }

all_done() { (($(count_done "$@") == $#)); }

# count_redelivered ID...: how many different ones were delivered again.
count_redelivered() { task_events "$@" | awk '$3 == "received" && / redelivered=true delivery=[0-9]+$/ { print $4 }' | sort -u | wc -l; }

# wait_until_done SECONDS ID...
wait_until_done() {
  local limit=$1
  shift
  wait_for "$limit" "waiting for $# tasks to be done" all_done "$@" ||
    die "only $(count_done "$@") of $# tasks were done within $limit s"
}

wait_until_idle() {
  load status
  wait_for 90 'waiting for tasks sent earlier' workers_are_idle || die 'the workers are still busy with tasks sent earlier'
}

# No worker holds a task, and the management API, which lags some seconds, knows of none that waits.
workers_are_idle() {
  local name
  for name in $(workers); do [[ $(held_by "$name") == '[]' ]] || return 1; done
  [[ -z $(management_url) || $(management_get "api/queues/$(vhost)/tasks.default" 2>/dev/null | jq .messages_ready) == 0 ]]
}

# is_up WORKERS: the sender API is ready, and at least that many workers run.
is_up() { sender_is_ready && (($(workers | wc -l) >= $1)); }

require_up() {
  sender_is_ready || die "Warren is not up. First: scripts/up${MODE_OPTION:+ $MODE_OPTION}"
  is_up "$1" || die "this needs $1 workers. First: scripts/up --workers $1${MODE_OPTION:+ $MODE_OPTION}"
  require_key
}

# require_key: one that the API lets in, where it asks for any.
require_key() {
  local status
  status=$(http -o /dev/null -w '%{http_code}' "$(sender_url)/v1/tasks?limit=1") || return 0
  [[ $status != 40[13] ]] || die "the API wants a key: set WARREN_API_KEY to one of scope admin"
}

is_redelivered() { (($(count_redelivered "$1") > 0)); }

# kill_receiver ID: waits until a worker has it, and kills that one with -9; its name is left in KILLED.
kill_receiver() {
  wait_for 10 'waiting for a worker to take it' is_received "$1" || die "no worker took $1"
  KILLED=$(receivers "$1" | tail -n 1)
  kill_worker "$KILLED"
  say "killed $KILLED, which held $1"
}

# show_deliveries ID...: a line each time one was received or done.
show_deliveries() { task_events "$@" | cut -d ' ' -f 2- | sed 's/^/  /'; }

# require_in_turn ID...: no worker received two more of them than another. Their lines may swap places: a worker is
# given its next task only when the broker has its outcome and its acknowledgement.
require_in_turn() {
  local counts
  counts=$(receivers "$@" | sort | uniq -c | sort -n)
  awk 'NR == 1 { least = $1 } { most = $1 } END { exit most - least > 1 }' <<<"$counts" || die "not in turn: $counts"
}

# require_one_at_a_time ID...: no worker received one while it held another.
require_one_at_a_time() {
  local overlapping
  overlapping=$(task_events "$@" | awk '
    $3 == "received" { if (held[$2]) print $2; held[$2] = 1 }
    $3 != "received" { held[$2] = 0 }')
  [[ -z $overlapping ]] || die "these held two at a time: $overlapping"
}
