# shellcheck shell=bash
# The tour of calls by HTTP: what the caller is told, also when workers are away, die, or many call at once.

# call_http TYPE PAYLOAD [CURL-OPTION...]; waits for a minute unless WAIT says less.
call_http() { ask POST "/v1/calls/$1" "$2" -H "prefer: wait=${WAIT-60}" "${@:3}"; }

http_calls() {
  local id key="call-$TOUR"
  topic 'Calls by HTTP'
  call_http calculator.add '{"a": 0.1, "b": 0.2}'
  shows 'the result is the answer' 200 '.value == 0.3' tostring
  id=$(header_of warren-task-id)
  has_header location "/v1/tasks/$id" || tour_failed 'its task' 'Location: /v1/tasks/{id}'
  passed 'and its task is named' "Location: /v1/tasks/$id"
  ended "$id" SUCCEEDED
  shows 'where the result is, too' 200 '.result.value == 0.3 and .type == "calculator.add"' '.result | tostring'
  call_http message '{"message": "Hello."}'
  shows 'a service without a result' 200 '. == null' tostring
  call_http chaos '{"failFirst": 1}'
  shows 'retried while its caller waits' 200 '.attempt == 2' tostring
  call_http calculator.divide '{"a": 1, "b": 0}'
  refused 'a failure of the service' 422 'call-failed'
  shows 'with its code and its task' 422 '.code == "division-by-zero"' '"\(.code): \(.taskId)"'
  ended "$(field .taskId)" DEAD
  shows 'which was tried once' 200 '.attempts | length == 1' '"\(.state): \(.deadReason)"'
  call_http calculator.ad '{"a": 1, "b": 2}'
  refused 'an unknown type, with the nearest' 404 calculator.add
  call_http calculator.add '{"a": 1, "b": "two"}'
  refused 'a payload that its record refuses, by field' 400 'b must'
  call_http calculator.add '{"a": 1, "b": 2}, {}'
  refused 'more than one JSON value' 400 malformed-json
  call_http 'message?expiresAt=2020-01-01T00:00:00Z' '{"message": "Hello."}'
  refused 'a time that is over' 400 expiresAt
  call_http calculator.add '{"a": 1, "b": 2}' -H "idempotency-key: $key"
  id=$(header_of warren-task-id)
  call_http calculator.add '{"a": 1, "b": 2}' -H "idempotency-key: $key"
  [[ $(header_of warren-task-id) == "$id" ]] || tour_failed 'the same key' "task $id"
  shows 'the same Idempotency-Key: the same task' 200 '.value == 3' "\"\\(.value) of $id\""
}

# header_of NAME: of the last answer.
header_of() { sed -n "s/^$1: *//Ip" "$ANSWER_HEADERS" | tr -d '\r'; }

http_late_replies() {
  local before id
  topic 'Late replies'
  before=$(dropped_replies)
  WAIT=1 call_http chaos '{"sleepSeconds": 10}'
  shows 'nobody answers in time' 202 '.state | IN("QUEUED", "RUNNING")' '"\(.state) \(.id)"'
  id=$(field .id)
  ended "$id" SUCCEEDED
  shows 'it is done all the same' 200 '.result.attempt == 1' '.result | tostring'
  wait_for 60 'waiting for its reply' more_replies_are_dropped_than "$before" || tour_failed 'its reply is dropped, and counted' "more than $before"
  passed 'its reply is dropped, and counted' "warren_replies_dropped_total $(dropped_replies)"
}

dropped_replies() { http "$(sender_url)/actuator/prometheus" | awk '$1 == "warren_replies_dropped_total" { print int($2) }'; }

more_replies_are_dropped_than() { (($(dropped_replies) > $1)); }

http_fallback() {
  local killed name id
  topic 'No worker up'
  wait_until_idle
  mapfile -t killed < <(workers)
  for name in "${killed[@]}"; do kill_worker "$name"; done
  WAIT=2 call_http calculator.add '{"a": 40, "b": 2}'
  shows 'nobody is there to answer' 202 '.state == "QUEUED"' '"\(.state) \(.id)"'
  id=$(field .id)
  for name in "${killed[@]}"; do start_worker "$name"; done
  ended "$id" SUCCEEDED
  shows 'a worker starts: the result is there' 200 '.result.value == 42' '.result | tostring'
}

# The caller's curl runs beside; its answer is a file.
http_killed_worker() {
  local answer caller id name
  topic 'A worker dies in the middle of a call'
  wait_until_idle
  answer=$(mktemp)
  (call_http chaos '{"sleepSeconds": 15}' && printf '%s\n%s\n' "$STATUS" "$ANSWER" >"$answer") &
  caller=$!
  wait_for 60 'waiting for a worker to be at it' a_call_runs || tour_failed 'a worker is at it' 'a RUNNING chaos task'
  id=$(field '.data[0].id')
  ask GET "/v1/tasks/$id"
  name=$(field '.attempts[-1].worker')
  kill_worker "$name"
  passed 'killed with -9' "$name, which was at $id"
  wait "$caller"
  { read -r STATUS && read -r ANSWER; } <"$answer" || true
  rm -f "$answer"
  ASKED='POST /v1/calls/chaos'
  shows 'its caller gets the answer all the same' 200 '.attempt == 1' tostring
  ended "$id" SUCCEEDED
  shows 'from another worker' 200 "any(.attempts[]; .worker != \"$name\" and .outcome == \"SUCCEEDED\")" '[.attempts[] | "\(.worker) \(.outcome)"] | join(", ")'
  start_worker "$name"
}

a_call_runs() {
  ask GET '/v1/tasks?type=chaos&state=RUNNING&limit=1'
  holds '.data | length == 1'
}

# shellcheck disable=SC2034 # for tour_failed
http_crowd() {
  local said
  topic '1,000 callers at once'
  ASKED='POST /v1/calls/calculator.add' STATUS='' ANSWER=''
  said=$(WARREN_API_KEY=$(api_key) /usr/bin/python3 scripts/lib/concurrent_calls.py "$(sender_url)" 1000) ||
    tour_failed 'each gets its own answer' "1000 sums; $said"
  passed 'each gets its own answer' "$(paste -sd ' ' <<<"$said")"
}
