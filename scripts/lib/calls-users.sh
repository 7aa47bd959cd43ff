# shellcheck shell=bash
# A part of a tour: who is who at the broker.

# ask_broker PATH: of its management API, as the administrator; the answer is left in STATUS and ANSWER.
# shellcheck disable=SC2034 # for the tour
ask_broker() {
  ASKED="GET /$1 of the broker"
  if ANSWER=$(management_get "$1"); then STATUS=200; else STATUS=none; fi
}

broker_users() {
  topic 'Users at the broker'
  local name tag configure write read
  if ! can_kill_broker; then
    say '  (this broker is not of Warren'\''s own, and so are its users)'
    return
  fi
  require_management
  ask_broker api/users
  shows 'no guest' 200 'all(.[]; .name != "guest")' 'map(.name) | join(", ")'
  while read -r name tag configure write read; do
    [[ $name != '#' && $name != producer ]] || continue
    ask_broker "api/users/$name"
    shows "$name: its tag" 200 "[.tags] | flatten | join(\",\") == \"${tag#-}\"" '.tags | tostring'
    ask_broker "api/users/$name/permissions"
    shows "$name: its permissions" 200 "length == 1 and (.[0] | [.configure, .write, .read]) == $(jq -cn '$ARGS.positional' \
      --args "$configure" "$write" "$read")" '.[0] | "\(.configure)  \(.write)"'
  done <scripts/lib/broker-users.txt
  wait_for 60 'waiting for the figures' connections_are_shown || tour_failed 'the connections' 'of users sender-api and worker'
  shows 'no application connects as anybody else' 200 "$APPLICATIONS"' | all(.[]; .user | IN("sender-api", "worker", "replies"))' \
    "$APPLICATIONS"' | group_by(.user) | map("\(length) of \(.[0].user)") | join(", ")'
}

APPLICATIONS='map(select(.client_properties.platform == "Java"))' # others are of programs that scripts have started

connections_are_shown() {
  ask_broker api/connections
  holds "$APPLICATIONS"' | map(.user) | contains(["sender-api"]) and contains(["worker"])'
}
