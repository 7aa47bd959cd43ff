# shellcheck shell=bash
# The tour of live events: what a listener hears.

# hear PATH [CURL-OPTION...]: what comes until the stream ends, at most for HEAR_SECONDS; left in STREAM as it came, and
# in ANSWER as a list of {id, event, data}.
# shellcheck disable=SC2034 # for what shows them
hear() {
  local path=$1
  shift
  ASKED="GET $path"
  : >"$ANSWER_HEADERS"
  STREAM=$(curl -sSN --max-time "${HEAR_SECONDS:-30}" --noproxy '*' -D "$ANSWER_HEADERS" "$@" "$(sender_url)$path" 2>/dev/null) || true
  STATUS=$(awk 'NR == 1 { print $2 }' "$ANSWER_HEADERS")
  ANSWER=$(jq -Rsc '[split("\n\n")[] | select(contains("data: "))
    | [split("\n")[] | capture("^(?<key>id|event|data): (?<value>.*)$")] | from_entries | .data |= fromjson]' <<<"$STREAM")
}

live_events() {
  local path second rest last
  topic 'Live events'
  submit "$(chaos '{"sleepSeconds": 3}')"
  path="/v1/tasks/$ID/events"
  hear "$path"
  shows 'a task from its beginning to its end' 200 '[.[].event] | .[0] == "queued" and .[-2:] == ["succeeded", "end"]' \
    '[.[].event] | join(" ")'
  shows 'progress comes through' 200 'any(.[]; .event == "progress" and .data.progress.percent > 0)' \
    'first(.[] | select(.event == "progress")) | .data.progress | "\(.percent) % \(.note)"'
  shows 'ids grow' 200 '[.[].id | select(.) | tonumber] | . == unique' '[.[].id | select(.)] | join(" ")'
  grep -q '^retry: ' <<<"$STREAM" || tour_failed 'when to come back' 'retry: milliseconds'
  passed 'when to come back' "$(grep -m1 '^retry: ' <<<"$STREAM")"
  second=$(field '.[1].id') rest=$(field '[.[2:][].id] | tostring') last=$(field '.[-2].id')
  hear "$path" -H "Last-Event-ID: $second"
  shows 'back with the id of the second: the rest, once' 200 "[.[].id] == $rest" '[.[].event] | join(" ")'
  hear "$path" -H "Last-Event-ID: $last"
  shows 'back with the last: there is no more' 204
  submit "$(chaos '{"failFirst": 1}' '"retry": {"maxAttempts": 2, "minBackoff": 1, "jitter": 0}')"
  hear "/v1/tasks/$ID/events"
  shows 'a failure, and when it is tried again' 200 'any(.[]; .event == "failed" and .data.nextAttemptAt != null)
    and .[-2].event == "succeeded"' 'first(.[] | select(.event == "failed")) | .data | "\(.error.class), \(.nextAttemptAt)"'
  HEAR_SECONDS=3 hear '/v1/events?type=chaos&state=SUCCEEDED' -H "Last-Event-ID: $second"
  shows 'of all tasks, by type and state' 200 \
    "length >= 2 and all(.[]; .event == \"succeeded\" and .data.type == \"chaos\") and any(.[]; .data.taskId == \"$ID\")" \
    '"\(length) events"'
  ask GET /v1/events '' -H 'Last-Event-ID: yesterday'
  refused 'an id that is none' 400 Last-Event-ID
  ask GET '/v1/events?state=NONSENSE'
  refused 'a state that there is not' 400 state
  ask GET /v1/tasks/00000000-0000-7000-8000-000000000000/events
  refused 'a task never accepted' 404
}
