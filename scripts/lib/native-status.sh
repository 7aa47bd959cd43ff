# shellcheck shell=bash
# What the processes of this machine say of themselves. docker-status.sh does the same with containers.

# status_of_all: a JSON object {name, pid, port, health, holding} each.
status_of_all() {
  local name
  describe broker "$(broker_uri)" "$(broker_health)" '[]'
  for name in sender-api $(known_workers); do
    describe "$name" "$(url_of "$name")" "$(health_of "$name")" "$(held_by "$name")"
  done
}

# describe NAME URL HEALTH HOLDING
describe() {
  jq -nc --arg name "$1" --arg pid "$(pid_of "$1" || true)" --arg port "$(port_in "$2")" --arg health "$3" \
    --argjson holding "$4" \
    '{$name, pid: (if $pid == "" then null else $pid | tonumber end), port: ($port | tonumber? // null), $health, $holding}'
}

port_in() { sed -nE 's|^[a-z]+://([^/]*@)?[^/@]*:([0-9]+).*|\2|p' <<<"$1"; }

broker_health() {
  if is_own_broker && is_gone broker; then
    printf STOPPED
  elif [[ -z $(management_url) ]]; then
    printf UNKNOWN
  elif broker_is_ready; then
    printf UP
  else
    printf DOWN
  fi
}

health_of() {
  is_running "$1" || { printf STOPPED && return; }
  http "$(url_of "$1")/actuator/health/readiness" 2>/dev/null | jq -er .status 2>/dev/null || printf 'NO_ANSWER'
}

held_by() { http "$(url_of "$1")/actuator/info" 2>/dev/null | jq -ce '.worker.holding // []' 2>/dev/null || printf '[]'; }
