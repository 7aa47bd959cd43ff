# shellcheck shell=bash
# A part of the tour: which workers there are, and why a task is not done yet.

listing_workers() {
  topic 'Workers'
  wait_for 15 'waiting for two workers to speak' two_workers_speak || tour_failed 'workers' 'two that are up'
  shows 'who they are' 200 'all(.data[]; .name and .host and .version and .startedAt and (.queues | length > 0))' \
    '.data[0] | "\(.name) at \(.host), \(.version), takes from \(.queues | join(" ")), \(.concurrency) at once"'
  shows 'how much they did' 200 'all(.data[]; .done >= 0 and .failed >= 0)' '[.data[] | "\(.name): \(.done) done, \(.failed) failed"] | join("; ")'
  submit "$(chaos '{"sleepSeconds": 20}')"
  wait_for 60 'waiting for its slot' is_in_a_slot "$ID" || tour_failed 'a slot' "task $ID in it"
  shows 'what each slot is at' 200 "any(.data[].slots[]; .taskId == \"$ID\" and .type == \"chaos\" and .attempt == 1)" \
    ".data[] | select(any(.slots[]; .taskId == \"$ID\")) | \"\\(.name): \\(.slots[0] | \"\\(.taskId) since \\(.since)\")\""
  ended "$ID" SUCCEEDED
  if [[ $MODE == native ]]; then freezing_a_worker; fi
}

freezing_a_worker() {
  scripts/fault freeze worker-2
  wait_for 60 'waiting until a frozen worker is missed' worker_is worker-2 FROZEN || thawed_for_failure
  shows 'worker-2, frozen with SIGSTOP' 200 'any(.data[]; .name == "worker-2" and .silentSince != null)' \
    '.data[] | select(.name == "worker-2") | "\(.state), silent since \(.silentSince)"'
  scripts/fault thaw worker-2
  wait_for 60 'waiting until it speaks again' worker_is worker-2 UP || tour_failed 'a worker that is thawed' 'state UP'
}

thawed_for_failure() {
  scripts/fault thaw worker-2
  tour_failed 'a frozen worker' 'state FROZEN'
}

worker_is() {
  ask GET /v1/workers
  holds "any(.data[]; .name == \"$1\" and .state == \"$2\")"
}

two_workers_speak() {
  ask GET /v1/workers
  holds '.note == null and ([.data[] | select(.state == "UP")] | length >= 2)'
}

# is_in_a_slot ID
is_in_a_slot() {
  ask GET /v1/workers
  holds "any(.data[].slots[]; .taskId == \"$1\")"
}

explaining() {
  topic 'Explaining: why is it not done yet?'
  submit "$(hello '"delaySeconds": 60')"
  explained "$ID" scheduled 'it waits for its time' '.details.until != null'
  submit "$(resize)"
  explained "$ID" no-consumer 'nobody takes from its queue' '.details.consumers == 0 and .details.depth >= 1'
  submit "$(chaos '{"failFirst": 1}' '"retry": {"maxAttempts": 2, "minBackoff": 8, "jitter": 0}')"
  explained "$ID" backing-off 'its next attempt waits, after this failure' '.details.error.class == "ChaosFailure" and .details.maxAttempts == 2'
  submit "$(chaos '{"sleepSeconds": 15}')"
  explained "$ID" at-worker 'a worker has it' '.details.worker != null and .details.since != null'
  ended "$ID" SUCCEEDED
  explained "$ID" succeeded 'it is done' true
  submit "$(chaos '{"permanent": true}')"
  explained "$ID" dead 'it is dead, and why' '.details.deadReason == "permanent" and .details.error.message != null'
  ask GET /v1/tasks/00000000-0000-7000-8000-000000000000/explain
  refused 'an id never accepted' 404
}

# explained ID REASON WHAT CONDITION: waits until that is the reason.
explained() {
  wait_for 60 "waiting for $2" is_because "$1" "$2" || tour_failed "$3" "reason $2"
  shows "$3" 200 "(.sentence | length > 0) and ($4)" '"\(.reason): \(.sentence)"'
}

is_because() {
  ask GET "/v1/tasks/$1/explain"
  holds ".reason == \"$2\""
}
