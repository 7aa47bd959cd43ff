# shellcheck shell=bash
# The tour's second half: what workers do with a task.

QUICKLY='"retry": {"maxAttempts": 3, "minBackoff": 0.2, "maxBackoff": 1}'

results() {
  topic 'Results and progress'
  submit "$(chaos '{}')"
  ended "$ID" SUCCEEDED
  shows 'a typed result' 200 '.result.attempt == 1' '.result | tostring'
  submit "$(chaos '{"sleepSeconds": 4}')"
  wait_for 5 'waiting for progress' shows_progress "$ID" || tour_failed 'progress' 'a percent while it runs'
  shows 'a worker is at it, and says how far' 200 '.state == "RUNNING" and .progress.percent >= 0' '"\(.progress.percent) % \(.progress.note // "")"'
  ended "$ID" SUCCEEDED
}

shows_progress() {
  ask GET "/v1/tasks/$1"
  holds '.progress.percent != null and .state == "RUNNING"'
}

retrying() {
  topic 'Retries'
  submit "$(chaos '{"failFirst": 2}' "$QUICKLY")"
  ended "$ID" SUCCEEDED
  shows 'two failures, then done' 200 '[.attempts[].outcome] == ["FAILED", "FAILED", "SUCCEEDED"]' '[.attempts[].outcome] | join(" ")'
  shows 'each failure with its error' 200 'all(.attempts[:2][]; .error.class != null and .error.message != null)' \
    '.attempts[0].error | "\(.class): \(.message)"'
  shows 'and the result says the attempt' 200 '.result.attempt == 3 and .attempt == 3' '.result | tostring'
  submit "$(chaos '{"failFirst": 1}' '"retry": {"maxAttempts": 2, "minBackoff": 4, "jitter": 0}')"
  reaches "$ID" RETRY_WAIT
  shows 'between two attempts' 200 '(.nextAttemptAt | t) > (.createdAt | t)' '"\(.state) until \(.nextAttemptAt)"'
  ended "$ID" SUCCEEDED
  shows 'not before its time' 200 '.attempts | length == 2 and (.[1].startedAt | t) - (.[0].endedAt | t) >= 4' '.attempts | "\(.[0].endedAt) then \(.[1].startedAt)"'
}

giving_up() {
  topic 'Giving up'
  submit "$(chaos '{"failFirst": 9}' "$QUICKLY")"
  ended "$ID" DEAD
  shows 'three attempts used up' 200 '.deadReason == "attempts-used-up" and (.attempts | length == 3)' '"\(.state): \(.deadReason)"'
  submit "$(chaos '{"permanent": true}' "$QUICKLY")"
  ended "$ID" DEAD
  shows 'a failure declared permanent: no retry' 200 '.deadReason == "permanent" and (.attempts | length == 1)' '"\(.state): \(.deadReason)"'
}

limiting() {
  topic 'Time limits'
  submit "$(chaos '{"sleepSeconds": 20}' '"timeoutSeconds": 1, "retry": {"maxAttempts": 2, "minBackoff": 0.1}')"
  ended "$ID" DEAD
  shows 'interrupted at its limit, and it counts' 200 '[.attempts[].outcome] == ["TIMED_OUT", "TIMED_OUT"]' '[.attempts[].outcome] | join(" ")'
  submit "$(chaos '{"sleepSeconds": 12, "ignoreInterrupt": true}' '"timeoutSeconds": 1, "retry": {"maxAttempts": 1}')"
  ended "$ID" DEAD
  shows 'one that does not listen' 200 '[.attempts[].outcome] == ["TIMED_OUT"]' '.attempts[0] | "\(.startedAt) to \(.endedAt)"'
  ask POST /v1/tasks "$(hello)" -H 'prefer: wait=10'
  shows 'does not stop the others' 200 '.state == "SUCCEEDED"' .state
}

expiring() {
  topic 'Expiry'
  submit "$(chaos '{"failFirst": 1}' '"expiresAt": "'"$(in_time 3)"'", "retry": {"maxAttempts": 2, "minBackoff": 4, "jitter": 0}')"
  ended "$ID" EXPIRED
  shows 'its time is over before its next attempt' 200 '.attempts[0].outcome == "FAILED"' .state
  ID=$(scripts/send-foreign ${MODE_OPTION:+$MODE_OPTION} --header "expires-at=$(in_time -60)" '{"message": "Too late."}')
  ended "$ID" EXPIRED
  shows 'or when a worker gets it: it is not run' 200 '.startedAt == null' .state
}

foreign_producer() {
  topic "Foreign producers: Python's pika"
  ID=$(scripts/send-foreign ${MODE_OPTION:+$MODE_OPTION} '{"message": "Hello from Python."}')
  ended "$ID" SUCCEEDED
  shows 'type, message_id and JSON are enough' 200 '.type == "message" and .queue == "default" and (.attempts | length == 1)' \
    '"\(.state) \(.payload.message)"'
  ID=$(scripts/send-foreign ${MODE_OPTION:+$MODE_OPTION} --type chaos '{"failFirst": 1}')
  ended "$ID" SUCCEEDED
  shows 'it is retried like any other' 200 '.attempts | length == 2' '[.attempts[].outcome] | join(" ")'
  ID=$(scripts/send-foreign ${MODE_OPTION:+$MODE_OPTION} --type chaos '{"failFirst": "often"}')
  ended "$ID" DEAD
  shows 'a bad payload is permanent, and says why' 200 '.error.message | test("failFirst")' '"\(.deadReason): \(.error.message)"'
}

crashing() {
  topic 'Crashes'
  submit "$(chaos '{"exit": true}')"
  crash=$ID
  wait_for 400 'starting the workers it kills' is_buried "$crash" || tour_failed 'a killer' 'buried at its 10th delivery'
  ask GET "/v1/tasks/$crash"
  shows 'what kills its worker each time is buried' 200 '.state == "DEAD" and .deadReason == "too-many-deliveries"' '"\(.state): \(.deadReason)"'
  start_stopped_workers
  ask POST /v1/tasks "$(hello)" -H 'prefer: wait=30'
  shows 'and others flow on' 200 '.state == "SUCCEEDED"' .state
}

# is_buried ID: starts what it has killed until then.
is_buried() {
  is_in_state "$1" DEAD && return
  start_stopped_workers
  return 1
}
