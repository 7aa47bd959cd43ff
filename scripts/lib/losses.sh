# shellcheck shell=bash
# What scripts/lose-broker does: tasks in every state, something is lost, and what is left of them.

RUN_LABEL=lose-broker-$(date +%s)-$$
ACCEPTED=$(mktemp) KNOWN=$(mktemp) # lines of: KIND ID ACCEPTED-AT, and ID STATE
trap 'rm -f "$ACCEPTED" "$KNOWN"' EXIT

what_happens() {
  case $1 in
    data) printf "the broker is killed (-9), its data are deleted" ;;
    queue-deleted) printf 'tasks.default is deleted' ;;
    queue-purged) printf 'tasks.default is purged' ;;
  esac
}

ask_whether_to_lose() {
  local answer
  [[ -t 0 ]] || die "$(what_happens "$1"), for good; say --yes where nobody can be asked"
  read -rp "$(what_happens "$1"), for good, at $(management_url). Go on? [y/N] " answer
  [[ $answer == [yY]* ]] || die 'nothing was done'
}

# task_body KIND TYPE PAYLOAD [MORE]
task_body() {
  printf '{"type": "%s", "payload": %s, "labels": {"run": "%s", "kind": "%s"}%s}' "$2" "$3" "$RUN_LABEL" "$1" "${4:+, $4}"
}

# add N KIND TYPE PAYLOAD [MORE]
add() {
  local count=$1 id
  shift
  for ((; count > 0; count--)); do
    id=$(http -f -H 'content-type: application/json' --data-binary "$(task_body "$@")" "$(sender_url)/v1/tasks" | jq -r .id)
    [[ -n $id ]] || die "no $1 task was accepted"
    printf '%s %s %s\n' "$1" "$id" "$(date +%s%3N)" >>"$ACCEPTED"
  done
}

prepare_tasks() {
  local slots
  slots=$(http "$(sender_url)/v1/queues" | jq '.data[] | select(.name == "default") | .consumers')
  add 5 retrying chaos '{"failFirst": 1}' '"retry": {"maxAttempts": 3, "minBackoff": 45, "jitter": 0}'
  await_states 30 RETRY_WAIT 5
  add 5 delayed message '{"message": "Later"}' '"delaySeconds": 45'
  add "$slots" running chaos '{"sleepSeconds": 15}' '"timeoutSeconds": 20'
  await_states 20 RUNNING "$slots"
  add 20 queued message '{"message": "One after the other"}'
  await_states 10 QUEUED 20
}

# await_states SECONDS STATE COUNT
await_states() {
  wait_for "$1" "waiting for $3 tasks to be $2" in_state_at_least "$2" "$3" || die "there should be $3 tasks that are $2"
}

in_state_at_least() { (($(list "state=$1&limit=100" | wc -l) >= $2)); }

start_burst() {
  WARREN_API_KEY=$(api_key) /usr/bin/python3 scripts/lib/burst.py "$(sender_url)" "$(task_body burst message '{"message": "One of a burst"}')" \
    >>"$ACCEPTED" &
  BURST=$!
}

# await_burst LOSS: it ends by itself when the broker is away.
await_burst() {
  [[ $1 == data ]] || { sleep 1 && kill "$BURST"; }
  wait "$BURST" || true
}

lose() {
  case $1 in
    data)
      kill_broker
      destroy_broker_data
      start_broker
      ;;
    queue-deleted) management DELETE "api/queues/$(vhost)/tasks.default" ;;
    queue-purged) management DELETE "api/queues/$(vhost)/tasks.default/contents" ;;
  esac
}

# list QUERY: a line ID STATE for each task of this run that the ledger knows.
list() {
  local page cursor=''
  while :; do
    page=$(http -f "$(sender_url)/v1/tasks?label=run:$RUN_LABEL&$1${cursor:+&cursor=$cursor}") || return 1
    jq -r '.data[] | "\(.id) \(.state)"' <<<"$page"
    cursor=$(jq -r '.nextCursor // "" | @uri' <<<"$page")
    [[ -n $cursor ]] || return 0
  done
}

none_left() {
  http -f "$(sender_url)/v1/tasks?label=run:$RUN_LABEL&state=SCHEDULED,QUEUED,RUNNING,RETRY_WAIT&limit=1" 2>/dev/null |
    jq -e '.data == []' >/dev/null
}

count_kind() { grep -c "^$1 " "$ACCEPTED" || true; }

# outcomes: a line KIND ACCEPTED-AT STATE for each accepted task, LOST where the ledger does not know it.
outcomes() {
  awk 'FILENAME == ARGV[1] { state[$1] = $2; next } { print $1, $3, ($2 in state ? state[$2] : "LOST") }' "$KNOWN" "$ACCEPTED"
}

count_lost() { outcomes | awk '$3 == "LOST"' | wc -l; }

count_left() { outcomes | awk '$3 !~ /^(SUCCEEDED|DEAD|EXPIRED|CANCELLED|LOST)$/' | wc -l; }

show_losses() {
  list limit=100 >"$KNOWN"
  say
  outcomes | awk '
    { accepted[$1]++; if ($3 == "LOST") lost[$1]++; else if ($3 ~ /^(SUCCEEDED|DEAD|EXPIRED)$/) ended[$1]++; else left[$1]++ }
    END {
      printf "%-10s %9s %9s %9s %9s %9s\n", "", "accepted", "known", "ended", "left", "lost"
      split("retrying delayed running queued burst", kinds)
      for (i = 1; k = kinds[i]; i++) printf "%-10s %9d %9d %9d %9d %9d\n", k, accepted[k], accepted[k] - lost[k], ended[k], left[k], lost[k] }'
  outcomes | awk -v happened="$HAPPENED" '
    $3 == "LOST" { count++; if (!oldest || $2 < oldest) oldest = $2 }
    END {
      if (count) printf "the gap: %d accepted tasks that the ledger did not know yet, the oldest accepted %d ms before\n", count, happened - oldest
      else print "the gap: none; the ledger knew each accepted task" }'
}
