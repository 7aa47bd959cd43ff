# shellcheck shell=bash
# What the processes of this machine say of themselves. docker-status.sh does the same with containers.

# status_of_all: a JSON object {name, pid, port, health, holding} each; the database has {kind} too.
status_of_all() {
  local name
  describe broker "$(broker_uri)" "$(broker_health)" '[]'
  describe_database
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

describe_database() {
  local process=none url=''
  case $(database) in
    postgres) process=postgres url=postgresql://127.0.0.1:$(recall warren.env POSTGRES_PORT) ;;
    yours) url=$(recall warren.env SPRING_DATASOURCE_URL) ;;
  esac
  describe "$process" "${url#jdbc:}" "$(database_health)" '[]' |
    jq -c --arg kind "$(database)" '.name = "database" | .kind = $kind'
}

# An H2 file is open in the sender API; of yours it is only known whether something listens, where the URL names a port.
database_health() {
  case $(database) in
    h2) if is_running sender-api; then printf UP; else printf STOPPED; fi ;;
    postgres)
      if is_gone postgres; then
        printf STOPPED
      elif database_is_ready; then
        printf UP
      else
        printf DOWN
      fi
      ;;
    yours) yours_health "$(recall warren.env SPRING_DATASOURCE_URL)" ;;
  esac
}

yours_health() {
  local host
  [[ $1 =~ ^jdbc:postgresql://(\[[^]]+\]|[^:/,]+)(:([0-9]+))?(/|$) ]] || { printf UNKNOWN && return; }
  host=${BASH_REMATCH[1]#\[}
  # shellcheck disable=SC2016 # expanded by the other shell, which has a limit
  if timeout 3 bash -c ': <>"/dev/tcp/$0/$1"' "${host%]}" "${BASH_REMATCH[3]:-5432}" 2>/dev/null; then
    printf UP
  else
    printf DOWN
  fi
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
