# shellcheck shell=bash
# The part of the tour of calls that comes by AMQP, with Python's pika: callers, and a worker, in another language.

# call_by_amqp ARGUMENTS of foreign_caller.py: the reply is left as the ANSWER. As the user of CALLER_URI, if there is one.
# shellcheck disable=SC2034 # for the tour
call_by_amqp() {
  ASKED="AMQP ${*: -2}" STATUS=''
  : >"$ANSWER_HEADERS"
  ANSWER=$(RABBITMQ_URI=${CALLER_URI:-$(broker_uri_from_here)} /usr/bin/python3 scripts/lib/foreign_caller.py "$@") || tour_failed 'a reply' 'one'
}

# replies WHAT CONDITION SHORT: of the last reply; both are jq.
replies() {
  holds "$2" || tour_failed "$1" "$2"
  passed "$1" "$ASKED -> $(jq -r "$3" <<<"$ANSWER" | cut -c1-100)"
}

amqp_calls() {
  local queue
  topic "Callers in another language: Python's pika"
  for queue in amq.rabbitmq.reply-to "reply.$TOUR"; do
    call_by_amqp --reply-to "$queue" --queue calculator calculator.add '{"a": 10, "b": 5}'
    replies "a result, by ${queue%"$TOUR"}" '.state == "SUCCEEDED" and .type == "calculator.add" and .body.value == 15' '.body | tostring'
    call_by_amqp --reply-to "$queue" --queue calculator calculator.divide '{"a": 1, "b": 0}'
    replies 'a failure, with its code' '.state == "DEAD" and .["error-class"] == "division-by-zero"
      and .body.code == "division-by-zero" and .body.taskId == .task and .contentType == "application/problem+json"' \
      '.body | "\(.code): \(.detail)"'
  done
  call_by_amqp --queue directory directory.search '{"name": "joao"}'
  replies 'a search' '.body | tostring | test("João")' '.body | tostring'
  call_by_amqp --queue system system.info '{}'
  replies 'of a system' '.body.cores >= 1' '.body | "\(.os) \(.jdk)"'
}

# Two programs with users of their own: each has its replies, and not those of the other.
amqp_own_replies() {
  local name password CALLER_URI said
  topic 'Callers by AMQP with users of their own'
  if ! can_kill_broker; then
    say '  (this broker is not of Warren'\''s own, and so are its users)'
    return
  fi
  password=$(new_password)
  for name in "$TOUR" "$TOUR-b"; do
    say "made by scripts/create-user $name --for producer"
    scripts/create-user "$name" --for producer --password-stdin ${MODE_OPTION:+"$MODE_OPTION"} <<<"$password" >/dev/null ||
      tour_failed 'a user for a producer' 'it is made'
    CALLER_URI=$(broker_uri_from_here | sed "s|//[^@]*@|//$name:$password@|")
    call_by_amqp --reply-to "reply.$name.1" --queue calculator calculator.add '{"a": 10, "b": 5}'
    replies "its reply, by reply.<its name>.1" '.state == "SUCCEEDED" and .body.value == 15' '.body | tostring'
  done
  if said=$(RABBITMQ_URI=$CALLER_URI /usr/bin/python3 scripts/lib/foreign_caller.py --reply-to "reply.$TOUR.1" message '{"message": "."}' 2>&1) ||
    [[ $said != *ACCESS_REFUSED* ]]; then
    ANSWER=$said tour_failed 'the queue of another' 'ACCESS_REFUSED'
  fi
  passed 'not the queue of another: ACCESS_REFUSED'
  for name in "$TOUR" "$TOUR-b"; do management DELETE "api/users/$name"; done
}

# A caller that has gone harms nobody: its reply is dropped and counted, its result is kept.
amqp_gone_caller() {
  local dropped id
  topic 'A caller by AMQP that has gone'
  dropped=$(dropped_foreign_replies)
  id=$(RABBITMQ_URI=$(broker_uri_from_here) /usr/bin/python3 scripts/lib/foreign_caller.py --hang-up chaos '{"sleepSeconds": 1}')
  ended "$id" SUCCEEDED
  wait_for 60 'waiting for the reply to be dropped' drops_more_foreign_replies_than "$dropped" || tour_failed 'a caller that has gone' 'its reply is counted'
  shows 'a caller that has gone: dropped, and counted' 200 '.result != null' "\"warren_foreign_replies_dropped $dropped -> $(dropped_foreign_replies)\""
}

dropped_foreign_replies() { http "$(sender_url)/actuator/prometheus" | sed -n 's/^warren_foreign_replies_dropped_total{reason="gone"} \([0-9]*\).*/\1/p'; }

drops_more_foreign_replies_than() { (($(dropped_foreign_replies) > $1)); }

# shout PAYLOAD [MORE]: a task for the worker in Python.
shout() { printf '{"type": "shout", "queue": "shout", "payload": %s, %s%s}' "$1" "$LABELS" "${2:+, $2}"; }

amqp_worker() {
  topic 'A worker in another language: examples/worker.py'
  trap 'stop_process python-worker 10; rm -f "$ANSWER_HEADERS" "$CLI_SAID"' EXIT
  submit "$(shout '{"text": "It waits."}')"
  start_python_worker
  ended "$ID" SUCCEEDED
  shows 'what waited for it is done' 200 '.result.text == "IT WAITS." and (.attempts[0].worker | startswith("python-"))' '"\(.attempts[-1].worker): \(.result.text)"'
  ask POST /v1/tasks "$(shout '{"text": "hello"}')" -H 'prefer: wait=60'
  shows 'answered to whoever waits' 200 '.state == "SUCCEEDED" and .result.text == "HELLO"' '.result | tostring'
  call_by_amqp --queue shout shout '{"text": "olá"}'
  replies 'by AMQP, too' '.state == "SUCCEEDED" and .body.text == "OLÁ"' '.body | tostring'
  submit "$(shout '{"text": 5}' '"retry": {"maxAttempts": 2, "minBackoff": 0.2}')"
  ended "$ID" DEAD
  shows 'what fails is tried again, and followed' 200 '.deadReason == "attempts-used-up" and ([.attempts[].outcome] == ["FAILED", "FAILED"])
    and (.attempts[0].error.class == "AttributeError")' '.attempts[1].error | "\(.class): \(.message)"'
  python_worker_minds_the_time
  killing_the_python_worker
  ! can_kill_broker || restarting_the_broker
  ending_the_python_worker
  trap 'rm -f "$ANSWER_HEADERS" "$CLI_SAID"' EXIT
}

# A time in another zone is over when it is, not when its text says so.
python_worker_minds_the_time() {
  submit "$(shout '{"text": "late", "seconds": 30}' '"timeoutSeconds": 1, "retry": {"maxAttempts": 1}')"
  ended "$ID" DEAD
  shows 'what takes too long has failed' 200 '.attempts[0].outcome == "TIMED_OUT"' '.attempts[0].error | "\(.class): \(.message)"'
  ID=$(RABBITMQ_URI=$(broker_uri_from_here) /usr/bin/python3 scripts/lib/foreign_producer.py --type shout --queue shout \
    --header "expires-at=$(TZ=UTC+2 date -d '1 hour' +%FT%T-02:00)" '{"text": "in time"}')
  ended "$ID" SUCCEEDED
  shows 'what expires in an hour, elsewhere, is done' 200 '.result.text == "IN TIME"' '"\(.expiresAt): \(.result.text)"'
}

# The kill -9 is in the middle of the task; another worker of the same kind gets it.
killing_the_python_worker() {
  submit "$(shout '{"text": "again", "seconds": 20}')"
  reaches "$ID" RUNNING
  kill_process python-worker
  start_python_worker
  ended "$ID" SUCCEEDED
  shows 'killed -9 in the middle: done by the next' 200 '.result.text == "AGAIN" and .attempt == 1' '"\(.attempts[-1].worker): \(.result.text)"'
  shows 'it was delivered again' 200 '.attempts[-1].delivery == 2' '"delivery \(.attempts[-1].delivery)"'
}

# Whoever answers is connected again, too.
restarting_the_broker() {
  kill_broker
  start_broker
  wait_for 120 'waiting for the API' sender_is_ready || tour_failed 'the broker is back' 'so is the API'
  call_by_amqp --seconds 120 --queue shout shout '{"text": "still there"}'
  replies 'after a kill -9 of the broker' '.body.text == "STILL THERE"' '.body | tostring'
}

ending_the_python_worker() {
  signal python-worker TERM
  wait_for 60 'stopping it' is_gone python-worker || tour_failed 'SIGTERM' 'it ends'
  passed 'SIGTERM: it ends'
}

start_python_worker() { RABBITMQ_URI=$(broker_uri_from_here worker) spawn python-worker examples/worker.py; }
