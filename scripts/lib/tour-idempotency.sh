# shellcheck shell=bash
# The tour of what makes one task of many requests, and of many tasks in one request.

keys() {
  local key="tour-$TOUR" first
  topic 'Sending it again'
  ask POST /v1/tasks "$(hello)" -H "idempotency-key: $key"
  shows 'with an Idempotency-Key' 202 '.state == "QUEUED"' .id
  first=$ANSWER
  ask POST /v1/tasks "$(hello)" -H "idempotency-key: $key"
  [[ $ANSWER == "$first" ]] || tour_failed 'the same again' "$first"
  shows 'the same key and body: the same answer' 202 true .id
  has_header location "/v1/tasks/$(field .id)" || tour_failed 'the same place' 'Location'
  passed 'and the same place' "Location: /v1/tasks/$(field .id)"
  ask POST /v1/tasks "$(hello)" -H "idempotency-key: \"$key\""
  shows 'in quotes it is the same key' 202 ". == $first" .id
  ask POST /v1/tasks "$(hello '"priority": 1')" -H "idempotency-key: $key"
  refused 'the same key, another body' 422 Idempotency-Key
  ask POST /send '{"message": "Hello."}' -H "idempotency-key: $key"
  refused 'the same key, another path' 422 Idempotency-Key
  ask POST /v1/tasks "$(hello)" -H 'idempotency-key: two words'
  refused 'a key that is none' 400 Idempotency-Key
  ask POST /send '{"message": "Hello."}' -H "idempotency-key: $key-send"
  first=$ANSWER
  ask POST /send '{"message": "Hello."}' -H "idempotency-key: $key-send"
  shows 'POST /send knows keys, too' 202 ". == $first" .id
  ask POST /v1/tasks "$(hello)" -H "idempotency-key: $key-wait" -H 'prefer: wait=20'
  shows 'a caller that waits' 200 '.state == "SUCCEEDED"' .state
  first=$ANSWER
  ask POST /v1/tasks "$(hello)" -H "idempotency-key: $key-wait" -H 'prefer: wait=20'
  shows 'and waits again: the same finished task' 200 ". == $first" .state
}

own_ids() {
  local id="order:$TOUR"
  topic "A client's own id"
  ask POST /v1/tasks "$(hello '"taskId": "'"$id"'"')"
  shows 'a task with an id of its own' 202 ".id == \"$id\"" .id
  ended "$id" SUCCEEDED
  shows 'is found by it' 200 true .state
  ask POST /v1/tasks "$(hello '"taskId": "'"$id"'"')"
  refused 'a second use of it' 409 "$id"
  has_header location "/v1/tasks/$id" || tour_failed 'where the first is' "Location: /v1/tasks/$id"
  passed 'says where the first is' "Location: /v1/tasks/$id"
  ask POST /v1/tasks "$(hello '"taskId": "a/b"')"
  refused 'an id that is none' 400 taskId
}

batches() {
  local first lines
  topic 'Many at once'
  ask POST /v1/tasks/batch "[$(hello), {\"type\": \"nope\", \"payload\": 1}, $(chaos '{}')]"
  shows 'a JSON array: an outcome for each, in order' 200 \
    '.accepted == 2 and .refused == 1 and [.outcomes[].status] == [202, 404, 202]' '[.outcomes[].status] | tostring'
  shows 'what is refused says why' 200 '.outcomes[1].problem.type | endswith("unknown-type")' '.outcomes[1].problem.detail'
  ended "$(field '.outcomes[2].id')" SUCCEEDED
  shows 'and the others are done' 200 true .state
  lines="$(hello)"$'\n'"{broken"$'\n'"$(hello)"$'\n'
  batch_of_lines "$lines"
  shows 'NDJSON: one bad line refuses only itself' 200 '[.outcomes[].status] == [202, 400, 202]' '.outcomes[1].problem.detail'
  ask POST /v1/tasks/batch "[$(hello), {broken, $(hello)]"
  shows 'what breaks an array is its last outcome' 200 '[.outcomes[].status] == [202, 400]' '.outcomes[1].problem.detail'
  ask POST /v1/tasks/batch "$(hello)"
  refused 'what is no array' 400 array
  batch_of_lines "$lines" -H "idempotency-key: tour-$TOUR-batch"
  first=$ANSWER
  batch_of_lines "$lines" -H "idempotency-key: tour-$TOUR-batch"
  shows 'a batch with a key: the same answer again' 200 ". == $first" '"\(.accepted) accepted, \(.refused) refused"'
  batch_of_lines "$(for _ in {1..10001}; do printf '{"type": "chaos", "payload": {}}\n'; done)"
  shows 'ten thousand, and no more' 200 '.accepted == 10000 and .refused == 1 and .outcomes[10000].status == 413' \
    '.outcomes[10000].problem.detail'
  wait_until_idle
}

# batch_of_lines LINES [CURL-OPTION...]
batch_of_lines() {
  local file
  file=$(mktemp)
  printf '%s\n' "$1" >"$file"
  shift
  ask POST /v1/tasks/batch '' -H 'content-type: application/x-ndjson' --data-binary "@$file" "$@"
  rm "$file"
}
