# shellcheck shell=bash
# Bringing the containers up and down. native-up.sh does the same with processes of this machine.

# up [WORKERS] [DATABASE]: when not said as many as there are, or two; h2, postgres or yours, when not said as before.
up() {
  local count=${1:-$(workers | wc -l)} setting
  require_installed curl jq
  require_settings
  make_credentials
  choose_database "${2-}"
  remember_if_it_starts .env
  for setting in WARREN_QUEUES WARREN_RETENTION_FINISHED WARREN_RETENTION_DEAD WORKER_QUEUES WORKER_CHAOS \
    WORKER_CONCURRENCY WORKER_DRAIN_TIMEOUT WORKER_STOP_GRACE_PERIOD HTTP_ALLOWED_NETWORKS HTTP_SIGNING_SECRET \
    OTEL_EXPORTER_OTLP_ENDPOINT SENDER_GRPC_REFLECTION; do
    keep_in_env_file "$setting"
  done
  settle_published_port SENDER_PORT 5044 "$(sender_url)"
  settle_published_port SENDER_GRPC_PORT 9090 "$(grpc_address)"
  settle_published_port RABBITMQ_MANAGEMENT_PORT 15672 "$(management_url)"
  # shellcheck disable=SC2034 # for scripts/up
  SPAWNED=yes # compose says itself what it started
  compose up --build --wait --scale "worker=$((count > 0 ? count : 2))" || {
    compose ps -a >&2
    compose logs --tail 15 >&2
    die 'the containers did not all become healthy; their logs: docker compose logs'
  }
  it_started
}

down() { compose --profile postgres down; }

# choose_database DATABASE: in .env, where compose finds it.
choose_database() {
  local key before
  before=$(database)
  for key in SPRING_DATASOURCE_{URL,USERNAME,PASSWORD}; do
    [[ $1 != yours || ${!key-} != *\'* ]] || die "$key holds a single quote, which .env cannot keep"
  done
  case $1 in
    '') ;;
    postgres)
      [[ -n $(env_file POSTGRES_PASSWORD) ]] || set_in_env_file POSTGRES_PASSWORD "$(new_password)"
      set_in_env_file COMPOSE_PROFILES postgres
      set_in_env_file SPRING_DATASOURCE_URL jdbc:postgresql://postgres/warren
      set_in_env_file SPRING_DATASOURCE_USERNAME warren
      set_in_env_file SPRING_DATASOURCE_PASSWORD "$(env_file POSTGRES_PASSWORD)"
      ;;
    *)
      unset_in_env_file COMPOSE_PROFILES
      for key in SPRING_DATASOURCE_{URL,USERNAME,PASSWORD}; do
        unset_in_env_file "$key"
        [[ $1 == h2 || -z ${!key-} ]] || set_in_env_file "$key" "'${!key}'" # as it is: no $ in it names a variable
      done
      ;;
  esac
  if [[ $before == postgres && $(database) != postgres ]]; then compose --profile postgres stop sender-api postgres; fi
}

# The project's name is kept beside them, so that two clones in folders of the same name do not share containers.
make_credentials() {
  [[ ! -f .env ]] || { make_application_passwords && make_admin_key && return; }
  set_in_env_file COMPOSE_PROJECT_NAME "warren-$(printf '%s' "$PWD" | sha256sum | cut -c1-8)"
  set_in_env_file RABBITMQ_USER warren
  set_in_env_file RABBITMQ_PASSWORD "$(new_password)"
  make_application_passwords
  make_admin_key
  say 'made .env with new credentials'
}

# At the broker; an .env of an earlier version has none.
make_application_passwords() {
  local key
  for key in RABBITMQ_{SENDER,WORKER,REPLIES}_PASSWORD; do
    [[ -n $(env_file "$key") ]] || set_in_env_file "$key" "$(new_password)"
  done
}

# Of the API, which is not on loopback within its container; an .env of an earlier version has none.
make_admin_key() {
  keep_in_env_file WARREN_ADMIN_KEY
  [[ -n $(env_file WARREN_ADMIN_KEY) ]] || set_in_env_file WARREN_ADMIN_KEY "warren_$(new_password)"
}

# settle_published_port VARIABLE DEFAULT URL: a port of the environment is kept in .env; it must be free unless URL,
# where it is published now, has it.
settle_published_port() {
  local port
  keep_in_env_file "$1"
  port=$(env_file "$1")
  [[ $3 == *:"${port:-$2}" ]] || require_port_free "${port:-$2}" "$1" 'to be published by docker'
}

# keep_in_env_file VARIABLE: what the environment says, also when that is nothing.
keep_in_env_file() { [[ -z ${!1+said} ]] || set_in_env_file "$1" "${!1}"; }

set_in_env_file() {
  unset_in_env_file "$1"
  printf '%s=%s\n' "$1" "$2" >>.env
}

unset_in_env_file() (
  umask 077
  { grep -v "^$1=" .env 2>/dev/null || true; } >.env.new
  mv .env.new .env
)
