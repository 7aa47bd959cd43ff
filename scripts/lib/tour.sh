# shellcheck shell=bash
# A tour of the interface: ask, show in short what is answered, assert it, count. The first false line ends it.

STEPS=0
ANSWER_HEADERS=$(mktemp)
trap 'rm -f "$ANSWER_HEADERS"' EXIT

topic() { say && say "$1"; }

# ask METHOD PATH [BODY [CURL-OPTION...]]: the answer is left in STATUS, ANSWER (its body) and ANSWER_HEADERS (a file).
# What is not taken, not confirmed or not known for now is asked again, as the answer says.
ask() {
  for _ in {1..30}; do
    ask_once "$@"
    [[ $STATUS == 50[34] && $ANSWER == *urn:warren:problem:* ]] || return 0
    sleep 1
  done
}

ask_once() {
  local method=$1 path=$2 body=${3-}
  shift $(($# < 3 ? $# : 3))
  ASKED="$method ${path%%\?*}"
  [[ $path != *\?* ]] || ASKED+="?$(url_decoded "${path#*\?}")"
  [[ -z $body ]] || set -- -H 'content-type: application/json' --data-binary "$body" "$@"
  : >"$ANSWER_HEADERS"
  ANSWER=$(with_key --max-time 75 -X "$method" -D "$ANSWER_HEADERS" -w '\n%{http_code}' "$@" \
    "$(sender_url)$path") || true
  STATUS=${ANSWER##*$'\n'} ANSWER=${ANSWER%$'\n'*}
}

url_decoded() { printf '%b' "${1//%/\\x}"; }

# shows WHAT STATUS [CONDITION [SHORT]]: of the last answer; CONDITION and SHORT are jq over its body.
shows() {
  local what=$1 status=$2 condition=${3-true} short=${4-}
  [[ $STATUS == "$status" ]] || tour_failed "$what" "status $status"
  holds "$condition" || tour_failed "$what" "$condition"
  passed "$what" "${ASKED:0:72} -> $STATUS $([[ -z $short ]] || jq -r "$short" <<<"$ANSWER" | cut -c1-100)"
}

# refused WHAT STATUS [TEXT]: a problem+json of that status that says TEXT somewhere, in any case of letters.
refused() {
  local what=$1 status=$2 text=${3-}
  [[ $STATUS == "$status" ]] || tour_failed "$what" "status $status"
  has_header content-type application/problem+json || tour_failed "$what" 'application/problem+json'
  grep -qiF -- "$text" <<<"$ANSWER" || tour_failed "$what" "the words: $text"
  passed "$what" "$STATUS $(jq -r '.detail // .title' <<<"$ANSWER" | cut -c1-110)"
}

# Seconds of an RFC 3339 text, which has as many digits as it needs and so is in no order as a text.
AS_TIME='def t: capture("(?<s>.*:[0-9]{2})([.](?<f>[0-9]+))?Z") | (.s + "Z" | fromdate) + ("0." + (.f // "0") | tonumber);'

holds() { jq -e "$AS_TIME $1" <<<"${ANSWER:-null}" >/dev/null 2>&1; }

field() { jq -r "$1" <<<"$ANSWER"; }

# has_header NAME TEXT
has_header() { grep -qi "^$1:.*$2" "$ANSWER_HEADERS"; }

passed() {
  STEPS=$((STEPS + 1))
  say "$(printf '  ok  %-46s %s' "$1" "${2-}")"
}

# tour_failed WHAT EXPECTED
tour_failed() {
  say "  FALSE  $1"
  say "  asked     $ASKED"
  say "  expected  $2"
  say "  answered  $STATUS $(grep -iE '^(content-type|location|preference-applied):' "$ANSWER_HEADERS" | tr -d '\r' | paste -sd ' ')"
  jq . <<<"$ANSWER" 2>/dev/null || printf '%s\n' "$ANSWER"
  die "step $((STEPS + 1)) of the tour is false, after $STEPS that held"
}

# submit BODY: an accepted task, whose id is left in ID.
# shellcheck disable=SC2034 # for the tour
submit() {
  ask POST /v1/tasks "$1"
  [[ $STATUS == 202 ]] || tour_failed "submitting $1" 'status 202'
  ID=$(field .id)
}

# ended ID STATE: waits until the task has ended; the answer is the task.
ended() {
  local tries
  for tries in 1 2 3; do
    ask GET "/v1/tasks/$1?wait=30"
    if holds '.state | IN("SUCCEEDED", "DEAD", "EXPIRED", "CANCELLED")'; then break; fi
  done
  [[ $STATUS == 200 ]] || tour_failed "the end of $1" "status 200 (asked $tries times)"
  holds ".state == \"$2\"" || tour_failed "the end of $1" "state $2"
}

# reaches ID STATE: waits until it is in that state.
reaches() { wait_for 30 "waiting for $2" is_in_state "$1" "$2" || tour_failed "waiting for $1" "state $2"; }

is_in_state() {
  ask GET "/v1/tasks/$1"
  holds ".state == \"$2\""
}

# in_time SECONDS: RFC 3339, that many seconds from now, or ago where negative.
in_time() { date -u -d "@$(($(date +%s) + $1))" +%Y-%m-%dT%H:%M:%SZ; }

encoded() { jq -rn --arg text "$1" '$text | @uri'; }
