# shellcheck shell=bash
# What scripts/up refuses of its settings before it stops or remembers anything. Of those that it remembered, all started.

# require_settings: those of the environment; an empty one is the default.
require_settings() {
  local queue='[a-z0-9][a-z0-9-]{0,62}' network='[0-9A-Fa-f.:]+(/[0-9]{1,3})?' secret='whsec_[A-Za-z0-9+/]{32,88}=*'
  require_form '[1-9][0-9]{0,4}' 'a port' SENDER_PORT WORKER_PORT
  require_form '0|[1-9][0-9]{0,4}' 'a port' SENDER_GRPC_PORT RABBITMQ_PORT RABBITMQ_MANAGEMENT_PORT POSTGRES_PORT
  require_form '[1-9][0-9]{0,3}' 'a number' WORKER_CONCURRENCY
  require_form '[1-9][0-9]{0,4}(s|m|h|d)' 'a time such as 12h or 7d' WARREN_RETENTION_FINISHED WARREN_RETENTION_DEAD
  require_form 'true|false' 'true or false' WORKER_CHAOS SENDER_GRPC_REFLECTION
  require_form "$queue( *, *$queue)*" 'lower case letters, digits and hyphens, several by commas' WARREN_QUEUES WORKER_QUEUES
  [[ ! ${WARREN_QUEUES-} =~ (^|[ ,])(dead|ledger|scheduled)($|[ ,]) ]] || die 'WARREN_QUEUES: dead, ledger and scheduled are taken'
  require_form "[ ,]*$network([ ,]+$network)*[ ,]*" 'networks such as 10.0.0.0/8 or fd00::/8, several by commas' HTTP_ALLOWED_NETWORKS
  require_form "$secret( +$secret)*" 'whsec_ and 24 to 64 bytes in Base64, several by spaces' HTTP_SIGNING_SECRET
  require_duration WORKER_DRAIN_TIMEOUT
  require_address SENDER_BIND
  require_address WORKER_BIND
  require_good_key WARREN_ADMIN_KEY
}

# require_form PATTERN WORDS VARIABLE...: what it is now is not shown, since some of them are secrets.
require_form() {
  local variable
  for variable in "${@:3}"; do
    [[ -z ${!variable-} || ${!variable} =~ ^($1)$ ]] || die "$variable must be $2"
  done
}

require_address() { [[ -z ${!1-} ]] || getent ahosts "${!1}" >/dev/null || die "$1=${!1} is no address"; }

require_duration() {
  [[ -z ${!1-} ]] || seconds_in "${!1}" >/dev/null || die "$1=${!1} is no duration; it can be 90, 90s, 500ms, 2m or 1h"
}

# seconds_in DURATION: rounded up; a bare number is seconds. Fails when it is no duration.
seconds_in() {
  [[ $1 =~ ^([0-9]{1,9})(ms|s|m|h|)$ ]] || return 1
  local number=$((10#${BASH_REMATCH[1]}))
  case ${BASH_REMATCH[2]} in
    ms) printf '%s' $(((number + 999) / 1000)) ;;
    m) printf '%s' $((number * 60)) ;;
    h) printf '%s' $((number * 3600)) ;;
    *) printf '%s' "$number" ;;
  esac
}

# require_good_key VARIABLE: as the API does.
require_good_key() {
  [[ -z ${!1-} ]] || { [[ ${!1} =~ ^warren_[A-Za-z0-9_-]{32,256}$ ]] && (($(grep -o . <<<"${!1#warren_}" | sort -u | wc -l) >= 8)); } ||
    die "$1 must be warren_ and 32 or more random characters: $1=warren_\$(openssl rand -hex 16)"
}
