# shellcheck shell=bash
# The part of the tour that stops things: tasks are cancelled, queues paused.

cancelling() {
  local filter="\"filter\": {\"label\": \"tour:$TOUR\", \"queue\": \"$IDLE\"}"
  topic 'Cancelling'
  submit "$(hello '"delaySeconds": 3600')"
  ask POST "/v1/tasks/$ID/cancel"
  shows 'one that waits for its time' 200 '.state == "CANCELLED" and .endedAt != null and .nextAttemptAt == null' .state
  ask POST "/v1/tasks/$ID/cancel"
  refused 'it is cancelled once' 409 CANCELLED
  submit "$(resize)"
  ask POST "/v1/tasks/$ID/cancel"
  shows 'one that is queued' 200 '.state == "CANCELLED"' .state
  submit "$(chaos '{"sleepSeconds": 60}')"
  reaches "$ID" RUNNING
  ask POST "/v1/tasks/$ID/cancel"
  shows 'one that runs: its worker is told' 202 '.state == "RUNNING"' .state
  ended "$ID" CANCELLED
  shows 'which has interrupted it' 200 '.attempts[-1].outcome == "CANCELLED" and (.endedAt | t) - (.startedAt | t) < 30' \
    '.attempts[-1] | "\(.outcome) \(.startedAt) to \(.endedAt)"'
  submit "$(chaos '{"sleepSeconds": 3, "ignoreInterrupt": true}')"
  reaches "$ID" RUNNING
  ask POST "/v1/tasks/$ID/cancel"
  shows 'one that is deaf' 202 '.state == "RUNNING"' .state
  ended "$ID" SUCCEEDED
  shows 'and done all the same' 200 true .state
  ask POST "/v1/tasks/$ID/cancel"
  refused 'not one that has ended' 409 SUCCEEDED
  ask POST /v1/tasks/00000000-0000-7000-8000-000000000000/cancel
  refused 'nor one that never was' 404
  for _ in 1 2 3; do submit "$(resize)"; done
  is_in_state "$ID" QUEUED || tour_failed 'three in a queue' 'state QUEUED'
  ask POST /v1/tasks/cancel "{$filter, \"dryRun\": true}"
  shows 'many by filter, tried dry' 200 '.count >= 3 and .running == 0 and .dryRun' '"\(.count), \(.running) running"'
  is_in_state "$ID" QUEUED || tour_failed 'a dry run' 'state QUEUED'
  ask POST /v1/tasks/cancel "{$filter}"
  shows 'and really' 200 '.count >= 3 and (.dryRun | not)' '"\(.count), \(.running) running"'
  ask POST /v1/tasks/cancel "{$filter}"
  shows 'after which there are none' 200 '.count == 0' '"\(.count)"'
}

pausing() {
  local waiting dropped
  topic 'Pausing a queue'
  trap 'ask POST /v1/queues/default/resume; rm -f "$ANSWER_HEADERS"' EXIT
  ask POST /v1/queues/default/pause
  shows 'it is paused' 200 '.name == "default" and .paused' '"\(.name) paused \(.paused)"'
  wait_for 20 'waiting for the workers to leave it' default_holds '.consumers == 0' || tour_failed 'its workers' 'none'
  submit "$(hello)"
  waiting=$ID
  submit "$(hello)"
  dropped=$ID
  ask POST "/v1/tasks/$dropped/cancel"
  wait_for 10 'waiting for its depth' default_holds '.paused and .depth >= 2' || tour_failed 'its depth' 'two at least'
  shows 'its depth grows' 200 true '.data[] | select(.name == "default") | "depth \(.depth), \(.consumers) consumers"'
  ask GET "/v1/tasks/$waiting?wait=2"
  shows 'no worker takes from it' 200 '.state == "QUEUED"' .state
  ask POST /v1/queues/default/resume
  shows 'it is resumed' 200 '.paused == false' '"\(.name) paused \(.paused)"'
  ended "$waiting" SUCCEEDED
  shows 'and what waited is done' 200 true .state
  wait_for 10 'waiting for its end' default_holds '.depth == 0' || tour_failed 'its depth' 'none'
  ask GET "/v1/tasks/$dropped"
  shows 'but for what was cancelled' 200 '.state == "CANCELLED" and .startedAt == null' .state
  ask POST /v1/queues/defautl/pause
  refused 'an unknown queue, with the nearest' 404 default
  trap 'rm -f "$ANSWER_HEADERS"' EXIT
}

# default_holds CONDITION: jq over the queue default.
default_holds() {
  ask GET /v1/queues
  holds "any(.data[]; .name == \"default\" and ($1))"
}
