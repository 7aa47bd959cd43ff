# shellcheck shell=bash
# The tour's services: each once, and each way in which one fails.

# ask_service TYPE PAYLOAD: as a task whose end is waited for.
# shellcheck disable=SC2034 # for the tour
ask_service() {
  ask POST /v1/tasks "{\"type\": \"$1\", \"payload\": $2}" -H 'prefer: wait=60'
  ASKED="$1 $2"
}

# answers WHAT TYPE PAYLOAD RESULT: the result to the letter, since jq's numbers are doubles.
answers() {
  ask_service "$2" "$3"
  [[ $STATUS == 200 && $ANSWER == *'"state":"SUCCEEDED"'*"\"result\":$4"* ]] || tour_failed "$1" "status 200, SUCCEEDED, \"result\":$4"
  passed "$1" "$2 $3 -> $4"
}

# fails WHAT TYPE PAYLOAD CODE: for good, at the first attempt.
fails() {
  ask_service "$2" "$3"
  shows "$1" 200 ".state == \"DEAD\" and .deadReason == \"permanent\" and (.attempts | length == 1) and .error.class == \"$4\"" \
    '"\(.error.class): \(.error.message)"'
}

# is_refused WHAT TYPE PAYLOAD TEXT: at the door, so that there is no task.
is_refused() {
  ask_service "$2" "$3"
  refused "$1" 400 "$4"
}

calculating() {
  topic 'The calculator'
  answers 'a sum is exact' calculator.add '{"a": 0.1, "b": 0.2}' '{"value":0.3}'
  answers 'a difference' calculator.subtract '{"a": 10, "b": 5}' '{"value":5}'
  answers 'a product, and all of its digits' calculator.multiply '{"a": 12345678901234567890, "b": 98765432109876543210}' \
    '{"value":1219326311370217952237463801111263526900}'
  answers 'a quotient has 34 digits' calculator.divide '{"a": 1, "b": 3}' '{"value":0.3333333333333333333333333333333333}'
  answers 'a power' calculator.power '{"base": 2, "exponent": 100}' '{"value":1267650600228229401496703205376}'
  answers 'with a negative exponent' calculator.power '{"base": 2, "exponent": -2}' '{"value":0.25}'
  answers 'with one that is not whole' calculator.power '{"base": 2, "exponent": 0.5}' '{"value":1.4142135623730951}'
  answers 'a logarithm' calculator.logarithm '{"value": 1000, "base": 10}' '{"value":3}'
  answers 'a natural one' calculator.logarithm '{"value": 10}' '{"value":2.302585092994046}'
  answers 'a mean' calculator.mean '{"numbers": [1, 2, 3, 4]}' '{"value":2.5}'
  fails 'division by zero' calculator.divide '{"a": 1, "b": 0}' division-by-zero
  fails 'a logarithm of 0' calculator.logarithm '{"value": 0}' logarithm-undefined
  fails 'a root of a number below 0' calculator.power '{"base": -4, "exponent": 0.5}' power-undefined
  fails 'a power that would fill the memory' calculator.power '{"base": 9, "exponent": 999999999}' number-out-of-range
  fails 'the mean of nothing' calculator.mean '{"numbers": []}' empty-list
  is_refused 'NaN is no JSON' calculator.add '{"a": NaN, "b": 1}' NaN
  is_refused 'a number that would fill the memory' calculator.add '{"a": 1e999999999, "b": 1}' 'exponent from -400 to 400'
  is_refused 'a list with a text in it' calculator.mean '{"numbers": [1, "2"]}' 'numbers[1]'
}

searching() {
  topic 'The people directory'
  answers 'accents and case are ignored' directory.search '{"name": "joao SILVA"}' \
    '{"matches":[{"name":"João Silva","age":48,"city":"Rio de Janeiro"}]}'
  ask_service directory.search '{"name": "joao"}'
  shows 'more than one' 200 '.result.matches | length == 2 and all(.[]; .name | startswith("João"))' \
    '[.result.matches[] | "\(.name), \(.age), \(.city)"] | join("; ")'
  answers 'none is no failure' directory.search '{"name": "nobody"}' '{"matches":[]}'
  is_refused 'a name is needed' directory.search '{"name": " "}' 'must not be blank'
}

informing() {
  topic 'The system'
  ask_service system.info '{}'
  shows 'what a worker runs on' 200 '.result | .os != null and .osVersion != null and .jdk != null and .cores >= 1 and .memoryBytes > 0' \
    '.result | "\(.os) \(.osVersion), JDK \(.jdk), \(.cores) cores, \(.memoryBytes / 1073741824 * 10 | floor / 10) GiB"'
  shows 'which worker, and since when it is up' 200 '.result.worker == .attempts[-1].worker and (.result.uptime | startswith("PT"))' \
    '.result | "\(.worker) for \(.uptime)"'
}
