# shellcheck shell=bash
# Warren as containers of docker-compose.yml. native.sh has the same functions for processes of this machine.

compose() { docker compose "$@"; }

env_file() { sed -n "s/^$1=//p" .env 2>/dev/null; }

broker_uri() { printf 'amqp://%s:%s@broker/%%2F' "$(env_file RABBITMQ_USER)" "$(env_file RABBITMQ_PASSWORD)"; }

# broker_uri_of sender|worker|replies: with a user of its own.
broker_uri_of() {
  local user=${1/#sender/sender-api}
  printf 'amqp://%s:%s@broker/%%2F' "$user" "$(env_file "RABBITMQ_${1^^}_PASSWORD")"
}

# broker_uri_from_here [sender|worker|replies]: of the administrator, or that user's, for a program on this machine; the
# port is not published, but the container can be reached.
broker_uri_from_here() {
  local address
  address=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$(container broker)")
  if [[ -n ${1-} ]]; then broker_uri_of "$1"; else broker_uri; fi | sed "s/@broker/@${address%% *}/"
}

# destroy_broker_data: of a broker that does not run.
destroy_broker_data() {
  local volume
  volume=$(docker inspect -f '{{range .Mounts}}{{if eq .Type "volume"}}{{.Name}}{{end}}{{end}}' "$(container broker)")
  compose rm --force broker >/dev/null 2>&1
  docker volume rm "$volume" >/dev/null
}

admin_key() { env_file WARREN_ADMIN_KEY; }

admin_key_file() { printf .env; }

chaos_is_allowed() { [[ $(env_file WORKER_CHAOS) == true ]]; }

management_url() { published broker 15672; }

sender_url() { published sender-api 5044; }

# grpc_address: host:port, as gRPC's clients take it.
grpc_address() { published sender-api 9090 | sed 's|^http://||'; }

# published SERVICE PORT: its address on this machine.
published() { compose port "$1" "$2" 2>/dev/null | sed 's|^|http://|; s|0\.0\.0\.0|127.0.0.1|'; }

credentials_place() { printf 'in .env'; }

# Not by its health in Docker, which stays well while the broker is away.
sender_is_ready() { [[ -n $(sender_url) ]] && http -f -o /dev/null "$(sender_url)/actuator/health/readiness" 2>/dev/null; }

broker_is_ready() { is_healthy "$(container broker)"; }

container() { compose ps -aq "$1"; }

# workers: host names, which are the first 12 digits of the containers' ids.
workers() { compose ps -q --status running worker | cut -c1-12; }

# follow_logs: worker_logs prints what the workers log from now on, also those that have been killed since.
follow_logs() { LOGS_SINCE=$(date -u +%Y-%m-%dT%H:%M:%S.%NZ); }

worker_logs() { compose logs --no-color --no-log-prefix --since "${LOGS_SINCE-1970-01-01T00:00:00Z}" worker; }

kill_worker() { docker kill -s KILL "$1" >/dev/null; }

start_worker() { docker start "$1" >/dev/null && await_healthy "$1" "$1"; }

# start_stopped_workers: their restart policy does that.
start_stopped_workers() { :; }

can_kill_broker() { :; }

kill_broker() { compose kill -s KILL broker >/dev/null 2>&1; }

# start_broker: also one whose container was removed.
start_broker() { compose up --no-recreate --detach broker >/dev/null 2>&1 && await_healthy broker "$(container broker)"; }

# database: h2, postgres (of docker-compose.yml), or yours.
database() {
  if [[ ,$(env_file COMPOSE_PROFILES), == *,postgres,* ]]; then
    printf postgres
  elif [[ -n $(env_file SPRING_DATASOURCE_URL) ]]; then
    printf yours
  else
    printf h2
  fi
}

database_place() {
  case $(database) in
    h2) printf 'H2, in the volume ledger' ;;
    postgres) printf 'PostgreSQL (docker compose exec postgres psql -U warren)' ;;
    yours) printf 'the database of SPRING_DATASOURCE_URL' ;;
  esac
}

can_kill_database() { [[ $(database) == postgres ]]; }

start_database() { compose start postgres >/dev/null 2>&1 && await_healthy postgres "$(container postgres)"; }

kill_database() { compose kill -s KILL postgres >/dev/null 2>&1; }

freeze_database() { compose pause postgres >/dev/null 2>&1; }

thaw_database() { compose unpause postgres >/dev/null 2>&1; }

database_is_ready() { compose exec -T postgres pg_isready -q -h 127.0.0.1 -U warren 2>/dev/null; }

# await_healthy NAME CONTAINER
await_healthy() {
  wait_for 90 "starting $1" is_healthy "$2" && return
  docker logs --tail 25 "$2" >&2
  die "$1 is not healthy after 90 s: docker logs $2"
}

is_healthy() {
  [[ $(docker inspect -f '{{if .State.Running}}{{.State.Health.Status}}{{end}}' "$1" 2>/dev/null) == healthy ]]
}

command -v docker >/dev/null || die 'docker is not installed; without --docker Warren runs natively'
docker_answers || die 'the Docker engine does not answer (see: docker version); without --docker Warren runs natively'
