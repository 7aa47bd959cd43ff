# shellcheck shell=bash
# The tour of scripts/call: each service by HTTP and by gRPC, failures, bad input, the menu, and what is known of tasks.

CLI_SAID=$(mktemp)
trap 'rm -f "$ANSWER_HEADERS" "$CLI_SAID"' EXIT

# cli ARGUMENT...: what it prints is left in ANSWER, what it says beside that in CLI_SAID (a file), its exit code in STATUS.
# What is not taken, not confirmed or not known for now is asked again, as it says.
cli() {
  for _ in {1..30}; do
    cli_once "$@"
    [[ $STATUS == 4 ]] && grep -qE '^(ledger-|broker-|keys-|queue-refused|unroutable|too-many-|overloaded|unconfirmed)' "$CLI_SAID" || return 0
    sleep 1
  done
}

cli_once() {
  local mode=()
  [[ -z $MODE_OPTION ]] || mode=("$MODE_OPTION")
  ASKED="scripts/call $*"
  : >"$ANSWER_HEADERS"
  STATUS=0
  ANSWER=$(scripts/call "$@" "${mode[@]}" 2>"$CLI_SAID") || STATUS=$?
}

# prints WHAT TEXT [EXIT]: the answer has it, and the exit code is 0, or EXIT.
prints() {
  [[ $STATUS == "${3:-0}" && $ANSWER == *"$2"* ]] || cli_failed "$1" "exit ${3:-0}, printing: $2"
  passed "$1" "${ASKED:0:72} -> $(grep -m 1 -F -- "$2" <<<"$ANSWER" | cut -c1-80)"
}

# says WHAT EXIT TEXT: beside the answer, of which there is none.
says() {
  if [[ $STATUS != "$2" || -n $ANSWER ]] || ! grep -qF -- "$3" "$CLI_SAID"; then cli_failed "$1" "exit $2, saying: $3"; fi
  passed "$1" "${ASKED:0:72} -> $STATUS $(grep -m 1 -F -- "$3" "$CLI_SAID" | cut -c1-80)"
}

cli_failed() {
  ANSWER+=$'\n'$(cat "$CLI_SAID")
  tour_failed "$1" "$2"
}

cli_services() {
  topic 'scripts/call: each service by HTTP'
  each_service --wait 60
  topic 'scripts/call: each service by gRPC'
  each_service --grpc --wait 60
}

# each_service [OPTION...]
each_service() {
  cli calculator.add 0.1 0.2 "$@" && prints 'a sum, exactly' 0.3
  cli calculator.subtract 10 -5 "$@" && prints 'a difference' 15
  cli calculator.multiply 1e3 12 "$@" && prints 'a product' 12000
  cli calculator.divide 10 4 "$@" && prints 'a quotient' 2.5
  cli calculator.power 2 100 "$@" && prints 'a power' 1267650600228229401496703205376
  cli calculator.logarithm 100 10 "$@" && prints 'a logarithm' 2
  cli calculator.logarithm 1 "$@" && prints 'a natural one' 0
  cli calculator.mean 1 2 6 "$@" && prints 'a mean' 3
  cli_once calculator.mean - "$@" < <(seq 1000) && prints 'of a thousand numbers from a pipe' 500.5
  cli directory.search joao "$@" && prints 'people, whatever their accents' João
  cli directory.search 'Nobody Of This Name' "$@" && prints 'none of them' 'no matches'
  cli system.info "$@" && prints 'a system' memoryBytes
  cli message '{"message": "Hello."}' "$@" && says 'any other type, with JSON' 0 'Done; there is no result.'
  cli calculator.divide 1 0 "$@" && says 'a failure has its code' 1 'division-by-zero: '
  cli calculator.logarithm -1 "$@" && says 'and another its own' 1 'logarithm-undefined: '
  cli calculator.power 9 999999999 "$@"
  [[ $STATUS == [12] && -z $ANSWER ]] || cli_failed 'nobody computes for years' 'exit 1 or 2'
  passed 'nobody computes for years' "$(head -n 1 "$CLI_SAID" | cut -c1-110)"
}

cli_bad_input() {
  topic 'scripts/call: bad input'
  cli calculator.add 10 five && says 'no number' 2 '"five" is no number'
  cli calculator.add 10 1,5 && says 'a comma for a point' 2 'write 1.5'
  cli calculator.add 10 && says 'too few' 2 'It is: calculator.add A B'
  cli calculator.ad ten && says 'of a type that it does not know, no JSON' 2 'the payload is no JSON'
  cli calculator.ad '{"a": 1, "b": 2}' && says 'an unknown type, with the nearest' 2 calculator.add
  cli calculator.add '{"a": 1}' && says 'a payload that is refused, by field' 2 'b must not be null'
  cli calculator.add 1 2 --wait 61 && says 'too long a wait' 2 '0 to 60 seconds'
  cli calculator.add 1 2 --url http://127.0.0.1:1 && says 'nobody is there' 4 scripts/up
  cli workers --grpc && says 'what gRPC has not' 2 'leave --grpc out'
  cli --help && prints 'help' 'calculator.logarithm VALUE [BASE]'
}

cli_menu() {
  topic 'scripts/call: the menu, fed by a pipe'
  cli --wait 60 < <(printf '%s\n' add 10 5 quit) && prints 'a sum' 'b: 15'
  cli --wait 60 < <(printf '%s\n' 4 1 x 0 'add 1 2' nonsense info) && prints 'the end of its input ends it' worker
  grep -qF 'b: "x" is no number' "$CLI_SAID" || cli_failed 'it asks again, and says why' 'b: "x" is no number'
  passed 'it asks again, and says why' "$(grep -m 1 -F 'no number' "$CLI_SAID")"
  grep -qF 'division-by-zero: ' "$CLI_SAID" || cli_failed 'a failure does not end it' division-by-zero
  passed 'a failure does not end it' "$(grep -m 1 -F division-by-zero "$CLI_SAID")"
  cli --grpc --wait 60 < <(printf '%s\n' 'search joao' q) && prints 'by gRPC as well' João
}

cli_tasks() {
  topic 'scripts/call: tasks'
  each_task
  each_task --grpc
  wait_for 60 'waiting for the ledger' dead_are_listed || cli_failed 'the dead' 'one of them'
  cli dead-letters --type calculator.divide && prints 'the dead, and why' 'division-by-zero: '
  cli dead-letters --group && prints 'counted by their error' 'division-by-zero: '
  wait_for 60 'waiting for the workers' workers_are_listed || cli_failed 'the workers' 'one that is UP'
  cli workers && prints 'the workers' UP
}

workers_are_listed() {
  cli workers
  [[ $ANSWER == *UP* ]]
}

dead_are_listed() {
  cli dead-letters --type calculator.divide
  [[ -n $ANSWER ]]
}

# each_task [OPTION...]
each_task() {
  local id
  cli send calculator.add 40 2 --label "tour=$TOUR" "$@"
  id=$ANSWER
  prints 'sent, and not waited for' -
  cli get "$id" --wait 60 "$@" && prints 'its result' 42
  cli get "$id" --json "$@" && prints 'all that is known of it' '"state":"SUCCEEDED"'
  cli watch "$id" "$@" && prints 'what has happened to it' succeeded
  cli send calculator.divide 1 0 --wait 60 "$@" && says 'sent, and waited for' 1 'division-by-zero: '
  cli chaos '{"sleepSeconds": 12}' --wait 1 "$@" && says 'not answered in time' 3 'Not answered yet.'
  id=$(sed -n 's/^task *//p' "$CLI_SAID")
  cli get "$id" --wait 60 "$@" && prints 'its result later' ''
  cli get 00000000-0000-7000-8000-000000000000 "$@" && says 'a task that there is not' 2 not-found
}
