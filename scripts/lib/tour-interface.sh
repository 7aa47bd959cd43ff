# shellcheck shell=bash
# The tour's first half: what the HTTP interface answers.

# What one run sends it finds again by this label.
TOUR=tour-$(date +%s)-$$
LABELS="\"labels\": {\"tour\": \"$TOUR\"}"

# hello [MORE]: a task of the type message, with MORE of its fields.
hello() { printf '{"type": "message", "payload": {"message": "Hello."}, %s%s}' "$LABELS" "${1:+, $1}"; }

# chaos PAYLOAD [MORE]: a task of the type chaos.
chaos() { printf '{"type": "chaos", "payload": %s, %s%s}' "$1" "$LABELS" "${2:+, $2}"; }

# resize: a task of a type that only a worker of somebody else could know, for a queue without a worker.
resize() { printf '{"type": "resize", "queue": "%s", "payload": {"any": ["JSON", 1]}, %s}' "$IDLE" "$LABELS"; }

find_idle_queue() {
  ask GET /v1/queues
  IDLE=$(field 'first(.data[] | select(.consumers == 0) | .name)' 2>/dev/null) && [[ -n $IDLE ]]
}

submitting() {
  topic 'Submitting'
  ask POST /v1/tasks "$(hello)"
  shows 'a task' 202 '.state == "QUEUED" and .queue == "default" and .type == "message" and .attempt == 1' '"\(.state) \(.id)"'
  has_header location "/v1/tasks/$(field .id)" || tour_failed 'its place' 'Location: /v1/tasks/{id}'
  passed 'its place' "Location: /v1/tasks/$(field .id)"
  shows 'the policy by default: 5 tries, 1 s to 5 min' 202 \
    '.retry | .maxAttempts == 5 and .minBackoff == "PT1S" and .maxBackoff == "PT5M"' '.retry | tostring'
  shows 'sixty seconds by default' 202 '.timeoutSeconds == 60' '"timeoutSeconds \(.timeoutSeconds)"'
  ask POST /v1/tasks "$(hello '"queue": "default", "priority": 7, "timeoutSeconds": 30, "expiresAt": "'"$(in_time 3600)"'",
    "retry": {"maxAttempts": 3, "minBackoff": "PT0.5S", "maxBackoff": 30, "multiplier": 3, "jitter": 0.2}')"
  shows 'with all options' 202 '.priority == 7 and .timeoutSeconds == 30 and .expiresAt != null' '.retry | tostring'
  shows 'durations are ISO 8601 or seconds' 202 '.retry | .minBackoff == "PT0.5S" and .maxBackoff == "PT30S"' \
    '.retry | "\(.minBackoff) \(.maxBackoff)"'
  shows 'labels' 202 ".labels.tour == \"$TOUR\"" '.labels | tostring'
  ask POST /v1/tasks "$(hello '"delaySeconds": 2')"
  shows 'delayed' 202 '.state == "SCHEDULED" and (.notBefore | t) > (.createdAt | t)' '"\(.state) until \(.notBefore)"'
  DELAYED=$(field .id)
  ask POST /v1/tasks "$(hello '"notBefore": "'"$(in_time 3)"'"')"
  shows 'not before a time' 202 '.state == "SCHEDULED"' '"\(.state) until \(.notBefore)"'
  ask POST /v1/tasks "$(resize)"
  shows 'a type unknown here, to a named queue' 202 ".state == \"QUEUED\" and .queue == \"$IDLE\"" '"\(.type) in \(.queue)"'
  ended "$DELAYED" SUCCEEDED
  shows 'the delayed one ran, and not early' 200 '(.startedAt | t) >= (.notBefore | t)' '"started \(.startedAt)"'
  ask POST /send '{"message": "Hello."}'
  shows '/send, the simplest front of the same' 202 '.queue == "default"' .id
  ended "$(field .id)" SUCCEEDED
  shows 'and its task is one of the type message' 200 '.type == "message"' '"\(.type) \(.state)"'
}

refusing() {
  topic 'Refusing'
  ask POST /v1/tasks '{"type": "message", "payload": {"message": 5}}'
  refused 'a payload that its record refuses, by path' 400 message
  ask POST /v1/tasks '{"type": "chaos", "payload": {"failFirst": -1}}'
  refused 'a value out of bounds' 400 failFirst
  ask POST /v1/tasks '{"type": "messag", "payload": {"message": "Hello."}}'
  refused 'an unknown type, with the nearest' 404 message
  ask POST /v1/tasks "$(hello '"queue": "defautl"')"
  refused 'an unknown queue, with the nearest' 404 default
  ask POST /v1/tasks "$(hello '"timeoutSeconds": 1501')"
  refused 'more than 25 minutes' 400 timeoutSeconds
  ask POST /v1/tasks "$(hello '"priority": 10')"
  refused 'a priority above 9' 400 priority
  ask POST /v1/tasks "$(hello '"delaySeconds": 1, "notBefore": "'"$(in_time 9)"'"')"
  refused 'two times at once' 400 notBefore
  ask POST /v1/tasks "$(hello '"expiresAt": "tomorrow"')"
  refused 'a time that is none' 400 expiresAt
  ask POST /v1/tasks "$(hello '"expiresAt": "'"$(in_time -60)"'"')"
  refused 'a time that is over' 400 expiresAt
  ask GET /v1/tasks/00000000-0000-7000-8000-000000000000
  refused 'an id never accepted' 404
}

waiting() {
  topic 'Waiting for the end'
  ask POST /v1/tasks "$(hello)" -H 'prefer: wait=20'
  shows 'Prefer: wait, and it ends in time' 200 '.state == "SUCCEEDED"' '"\(.state) after \(.attempts | length) attempt"'
  has_header preference-applied 'wait=20' || tour_failed 'Preference-Applied' 'wait=20'
  passed 'the preference was applied' 'Preference-Applied: wait=20'
  ask POST /v1/tasks "$(chaos '{"sleepSeconds": 4}')" -H 'prefer: wait=1'
  shows 'it does not end in time' 202 '.state | IN("QUEUED", "RUNNING")' .state
  ask GET "/v1/tasks/$(field .id)?wait=30"
  shows 'wait for it at its own address' 200 '.state == "SUCCEEDED"' .state
  hang_up
}

hang_up() {
  local label='"labels": {"hung-up": "'$TOUR'"}'
  with_key --max-time 1 -o /dev/null -H 'content-type: application/json' -H 'prefer: wait=30' \
    --data-binary '{"type": "chaos", "payload": {"sleepSeconds": 3}, '"$label"'}' "$(sender_url)/v1/tasks" 2>/dev/null || true
  ask GET "/v1/tasks?label=$(encoded "hung-up:$TOUR")"
  shows 'the caller hangs up: nothing is lost' 200 '.data | length == 1' '.data[0].state'
  ended "$(field '.data[0].id')" SUCCEEDED
  shows 'and it is done' 200 true .state
}

reading() {
  topic 'Reading one'
  submit "$(hello)"
  ask GET "/v1/tasks/$ID"
  shows 'right after its 202' 200 ".id == \"$ID\"" .state
  ended "$ID" SUCCEEDED
  shows 'its times' 200 '(.createdAt | t) <= (.startedAt | t) and (.startedAt | t) <= (.endedAt | t)' '"\(.createdAt) \(.startedAt) \(.endedAt)"'
  shows 'its attempts' 200 '.attempts | length == 1 and (.[0] | .number == 1 and .outcome == "SUCCEEDED" and .worker != null
    and .startedAt != null and .endedAt != null)' '.attempts[0] | "\(.number) \(.worker) \(.outcome)"'
  shows 'links' 200 ".links.self | endswith(\"/v1/tasks/$ID\")" .links.self
  shows 'its payload' 200 '.payload.message == "Hello."' '.payload | tostring'
}

listing() {
  local mine foreign newest page next
  mine="label=$(encoded "tour:$TOUR")"
  topic 'Listing, newest first'
  submit "$(resize)"
  foreign=$ID
  for _ in 1 2 3 4; do submit "$(hello)" && submit "$(chaos '{}')"; done
  ended "$ID" SUCCEEDED
  ask GET "/v1/tasks?$mine&limit=100"
  shows 'by label' 200 "(.data | length >= 8) and all(.data[]; .labels.tour == \"$TOUR\")" '"\(.data | length) tasks"'
  shows 'newest first' 200 '[.data[].createdAt | t] | . == (sort | reverse)' '"\(.data[0].createdAt) ... \(.data[-1].createdAt)"'
  shows 'payload and result are left out' 200 'all(.data[]; has("payload") or has("result") | not)' '.data[0] | keys | join(" ")'
  newest=$(field '.data[0].createdAt')
  ask GET "/v1/tasks?$mine&view=FULL"
  shows 'but for view=FULL' 200 'any(.data[]; .payload.message == "Hello.")' '.data[0].payload | tostring'
  ask GET "/v1/tasks?$mine&state=SUCCEEDED"
  shows 'by state' 200 '(.data | length > 0) and all(.data[]; .state == "SUCCEEDED")' '"\(.data | length) tasks"'
  ask GET "/v1/tasks?$mine&type=chaos"
  shows 'by type' 200 '(.data | length > 0) and all(.data[]; .type == "chaos")' '"\(.data | length) tasks"'
  ask GET "/v1/tasks?queue=$IDLE"
  shows 'by queue' 200 "any(.data[]; .id == \"$foreign\")" '"\(.data | length) tasks"'
  ask GET "/v1/tasks?$mine&createdAfter=$(in_time -600)&createdBefore=$(in_time 60)"
  shows 'by time' 200 '.data | length > 0' '"\(.data | length) tasks"'
  ask GET "/v1/tasks?$mine&createdAfter=$(in_time 60)"
  shows 'none of the future' 200 '.data == [] and .nextCursor == null' '"\(.data | length) tasks"'
  ask GET "/v1/tasks?$mine&limit=3"
  shows 'a page of three' 200 '(.data | length == 3) and .nextCursor != null' '"nextCursor \(.nextCursor)"'
  page=$(field '[.data[].id] | tostring') next=$(field .nextCursor)
  submit "$(hello)"
  ask GET "/v1/tasks?$mine&limit=3&cursor=$(encoded "$next")"
  shows 'its cursor stays right while tasks come in' 200 \
    ".data | length == 3 and all(.[]; (.createdAt | t) <= (\"$newest\" | t) and (.id | IN(${page}[]) | not))" '[.data[].state] | join(" ")'
  ask GET '/v1/tasks?state=NONSENSE'
  refused 'a state that there is not' 400 state
  ask GET '/v1/tasks?cursor=nonsense'
  refused 'a cursor that is none' 400 cursor
}

dead_letters() {
  local mine dead filter="\"filter\": {\"label\": \"dead:$TOUR\"}"
  mine="label=$(encoded "dead:$TOUR")"
  topic 'Dead letters'
  for _ in 1 2 3; do submit "$(LABELS="\"labels\": {\"dead\": \"$TOUR\"}" chaos '{"permanent": true}')"; done
  dead=$ID
  ended "$dead" DEAD
  shows 'a dead task says why' 200 '.deadReason == "permanent" and .error.class != null' '"\(.deadReason): \(.error.class) \(.error.message)"'
  wait_for 15 'waiting for three dead' dead_are "$mine" 3 || tour_failed 'dead letters' 'three of them'
  shows 'the dead, with reason and error' 200 'all(.data[]; .state == "DEAD" and .deadReason != null and .error.message != null)' \
    '"\(.data | length): \(.data[0].deadReason), \(.data[0].error.message)"'
  ask GET "/v1/dead-letters?groupBy=fingerprint&$mine"
  shows 'grouped by fingerprint' 200 '.data | length == 1 and (.[0] | .count == 3 and (.firstSeen | t) <= (.lastSeen | t) and .example != null)' \
    '.data[0] | "\(.count) of \(.fingerprint[0:12])"'
  ask POST "/v1/tasks/$dead/replay"
  shows 'replay one: a new round' 202 '.round == 2 and .attempt == 1' '"\(.state), round \(.round)"'
  ended "$dead" DEAD
  shows 'which fails again, and counts once' 200 '.round == 2 and (.attempts | length == 2)' '"round \(.round), \(.attempts | length) attempts"'
  ask POST /v1/dead-letters/replay "{$filter, \"dryRun\": true}"
  shows 'replay by filter, tried dry' 200 '.count == 3 and (.ids | length == 3)' tostring
  ask POST /v1/dead-letters/replay "{$filter, \"dryRun\": false, \"ratePerSecond\": 10}"
  shows 'and really, ten a second' 200 '.count == 3' tostring
  wait_for 20 'waiting for them' dead_in_rounds "$mine" '[2, 2, 3]' || tour_failed 'replayed' 'three dead again'
  shows 'and all are dead again' 200 true '[.data[] | "round \(.round)"] | join(", ")'
  submit "$(hello)"
  ended "$ID" SUCCEEDED
  ask POST "/v1/tasks/$ID/replay"
  refused 'only the dead are replayed' 409
  ask DELETE "/v1/dead-letters?$mine&dryRun=true"
  shows 'erase by filter, tried dry' 200 '.count == 3' tostring
  ask DELETE "/v1/dead-letters?$mine"
  shows 'and really' 200 '.count == 3' tostring
  ask GET "/v1/tasks?view=FULL&$mine"
  shows 'nothing is left of their content' 200 'all(.data[]; .erased and .payload == null and .error == null)' '"\(.data | length) erased"'
}

# dead_are QUERY COUNT
dead_are() {
  ask GET "/v1/dead-letters?$1"
  holds ".data | length >= $2"
}

# dead_in_rounds QUERY ROUNDS
dead_in_rounds() { dead_are "$1" 3 && holds ".data | map(.round) | sort == $2"; }

erasing() {
  topic 'Erasing'
  submit "$(hello)"
  ended "$ID" SUCCEEDED
  ask DELETE "/v1/tasks/$ID"
  shows 'the content of a finished task' 204
  ask GET "/v1/tasks/$ID"
  shows 'which is still known' 200 '.erased and .payload == null and .result == null and .state == "SUCCEEDED"' '"erased \(.erased)"'
  submit "$(hello '"delaySeconds": 60')"
  ask DELETE "/v1/tasks/$ID"
  refused 'not of one that is not finished' 409
}

queues() {
  topic 'Queues'
  submit "$(resize)"
  submit "$(hello '"delaySeconds": 60')"
  is_in_state "$ID" SCHEDULED
  ask GET /v1/queues
  shows 'each with its figures' 200 'all(.data[]; .depth != null and .unacknowledged != null and .consumers != null
    and .scheduled != null and .retrying != null)' '.data[] | select(.name == "default") | tostring'
  shows 'default has consumers' 200 "any(.data[]; .name == \"default\" and .consumers >= 2)" \
    '.data[] | select(.name == "default") | "\(.consumers) consumers"'
  shows 'a queue of WARREN_QUEUES, and what waits in it' 200 "any(.data[]; .name == \"$IDLE\" and .depth >= 1)" \
    ".data[] | select(.name == \"$IDLE\") | \"\\(.depth) in \\(.name)\""
  shows 'what the ledger holds back' 200 'any(.data[]; .name == "default" and .scheduled >= 1)' \
    '.data[] | select(.name == "default") | "\(.scheduled) scheduled, \(.retrying) retrying"'
}

description() {
  topic 'OpenAPI'
  ask GET /v3/api-docs
  shows 'all of it is described' 200 '(.paths["/v1/tasks"] | .get and .post) and (.paths["/v1/tasks/{id}"] | .get and .delete)
    and .paths["/v1/tasks/{id}/replay"].post and (.paths["/v1/dead-letters"] | .get)
    and .paths["/v1/dead-letters/replay"].post and .paths["/v1/queues"].get and .paths["/send"].post' '.paths | keys | join(" ")'
}
