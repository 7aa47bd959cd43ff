# shellcheck shell=bash
# Warren as processes of this machine. docker.sh has the same functions for its containers.

sender_url() { url_of sender-api; }

# grpc_address: host:port, as gRPC's clients take it.
grpc_address() { recall warren.env SENDER_GRPC; }

sender_is_ready() { is_running sender-api && answers_ready "$(sender_url)"; }

worker_is_ready() { is_running "$1" && answers_ready "$(url_of "$1")"; }

answers_ready() { http -f -o /dev/null "$1/actuator/health/readiness" 2>/dev/null; }

# url_of NAME: where it listens, or did when it ran.
url_of() {
  if [[ $1 == sender-api ]]; then recall warren.env SENDER_URL; else recall workers.env "$1"; fi
}

# workers: the names of those that run.
workers() {
  local name
  for name in $(known_workers); do is_gone "$name" || printf '%s\n' "$name"; done
}

known_workers() { find "$RUN_DIR" -maxdepth 1 -name 'worker-*.pid' -printf '%f\n' | sed 's/\.pid$//' | sort -V; }

# follow_logs: worker_logs prints what the workers log from now on, also those that have been killed since.
follow_logs() {
  local log
  declare -gA LOGGED_BEFORE=()
  for log in "$RUN_DIR"/log/worker-*.log; do LOGGED_BEFORE[$log]=$(stat -c %s "$log" 2>/dev/null || echo 0); done
}

worker_logs() {
  local log
  for log in "$RUN_DIR"/log/worker-*.log; do tail -c "+$((${LOGGED_BEFORE[$log]:-0} + 1))" "$log"; done
}

kill_worker() { kill_process "$1"; }

# start_worker NAME: with the port it had, and waits until it is ready.
start_worker() { launch_worker "$1" && await_start "$1" worker_is_ready "$1"; }

# start_stopped_workers: without waiting, since one that a task kills may never be ready.
start_stopped_workers() {
  local name
  for name in $(known_workers); do is_running "$name" || launch_worker "$name"; done
}

can_kill_broker() { is_own_broker; }

kill_broker() { node_kill; }

start_broker() { node_start; }

broker_is_ready() { management_get api/overview >/dev/null 2>&1; }

# broker_uri_from_here [sender|worker|replies]: of the administrator, or that user's.
broker_uri_from_here() { if [[ -n ${1-} ]]; then broker_uri_of "$1"; else broker_uri; fi; }

# destroy_broker_data: of a broker that does not run.
destroy_broker_data() { rm -rf "$NODE_DIR/data"; }

admin_key() { recall up.env WARREN_ADMIN_KEY; }

admin_key_file() { printf '%s' "${RUN_DIR#"$PWD/"}/up.env"; }

chaos_is_allowed() { [[ $(recall up.env WORKER_CHAOS) == true ]]; }

credentials_place() { printf 'in RABBITMQ_URI of .run/warren.env'; }

is_own_broker() { [[ $(recall warren.env BROKER) != yours ]]; }

# database: h2, postgres (Warren's own), or yours.
database() {
  local chosen
  chosen=$(recall warren.env DATABASE)
  printf '%s' "${chosen:-h2}"
}

database_place() {
  case $(database) in
    h2) printf 'H2, in %s' "$(ledger_dir)" ;;
    postgres) printf 'PostgreSQL at 127.0.0.1:%s (scripts/database psql)' "$(recall warren.env POSTGRES_PORT)" ;;
    yours) printf 'the database of SPRING_DATASOURCE_URL' ;;
  esac
}

is_own_database() { [[ $(database) == postgres ]]; }

can_kill_database() { is_own_database; }

start_database() { postgres_start; }

kill_database() { postgres_kill; }

freeze_database() { postgres_suspend; }

thaw_database() { postgres_resume; }

database_is_ready() { is_running postgres && postgres_answers; }

ledger_dir() { printf '%s/ledger' "$RUN_DIR"; }

# Starting, without waiting.

launch_sender() {
  (umask 077 && mkdir -p "$(ledger_dir)")
  remember warren.env SENDER_URL "$(planned_url sender-api)"
  remember warren.env SENDER_GRPC "$(address_of "$(recall up.env SENDER_BIND)"):$(recall up.env SENDER_GRPC_PORT)"
  launch_java sender-api sender-api.jar SENDER_JAVA_OPTS
}

launch_worker() {
  remember workers.env "$1" "$(planned_url "$1")"
  launch_java "$1" worker-service.jar WORKER_JAVA_OPTS
}

# launch_settings NAME: all that it is started with, as VARIABLE=value lines.
launch_settings() {
  if [[ $1 == sender-api ]]; then
    printf '%s\n' "RABBITMQ_URI=$(broker_uri_of sender)" "RABBITMQ_REPLIES_URI=$(broker_uri_of replies)"
    settled JARS SENDER_JAVA_OPTS SENDER_PORT SENDER_GRPC_PORT SENDER_BIND
    database_settings
    settled_optional WARREN_QUEUES WARREN_RETENTION_FINISHED WARREN_RETENTION_DEAD
    settled_optional WARREN_ADMIN_KEY OTEL_EXPORTER_OTLP_ENDPOINT SENDER_GRPC_REFLECTION
    printf 'RABBITMQ_MANAGEMENT_URL=%s\n' "$(management_url)"
  else
    printf 'RABBITMQ_URI=%s\n' "$(broker_uri_of worker)"
    settled JARS WORKER_JAVA_OPTS WORKER_BIND WORKER_CONCURRENCY WORKER_DRAIN_TIMEOUT
    settled_optional WORKER_QUEUES WORKER_CHAOS WORKER_CHAOS_JOURNAL
    settled_optional HTTP_ALLOWED_NETWORKS HTTP_SIGNING_SECRET OTEL_EXPORTER_OTLP_ENDPOINT
    printf '%s\n' "WORKER_NAME=$1" "WORKER_PORT=$(worker_port "$1")"
  fi
}

database_settings() {
  local key value
  printf 'LEDGER_DIR=%s\n' "$(ledger_dir)"
  case $(database) in
    postgres)
      printf 'SPRING_DATASOURCE_URL=jdbc:postgresql://127.0.0.1:%s/warren\n' "$(recall warren.env POSTGRES_PORT)"
      printf 'SPRING_DATASOURCE_USERNAME=warren\nSPRING_DATASOURCE_PASSWORD=%s\n' "$(recall warren.env POSTGRES_PASSWORD)"
      ;;
    yours)
      for key in SPRING_DATASOURCE_{URL,USERNAME,PASSWORD}; do
        value=$(recall warren.env "$key")
        [[ -z $value ]] || printf '%s=%s\n' "$key" "$value"
      done
      ;;
  esac
}

settled() {
  local key
  for key; do printf '%s=%s\n' "$key" "$(recall up.env "$key")"; done
}

# settled_optional KEY...: those that are something.
settled_optional() { settled "$@" | grep -v '=$' || true; }

launch_fingerprint() { launch_settings "$1" | sha256sum | cut -c1-16; }

worker_port() { printf '%s' $(($(recall up.env WORKER_PORT) + ${1#worker-} - 1)); }

# planned_url NAME: by the settings of scripts/up.
planned_url() {
  if [[ $1 == sender-api ]]; then
    printf 'http://%s:%s' "$(address_of "$(recall up.env SENDER_BIND)")" "$(recall up.env SENDER_PORT)"
  else
    printf 'http://%s:%s' "$(address_of "$(recall up.env WORKER_BIND)")" "$(worker_port "$1")"
  fi
}

# address_of BIND: where a client on this machine reaches it.
address_of() {
  case $1 in
    0.0.0.0 | ::) printf 127.0.0.1 ;;
    *:*) printf '[%s]' "$1" ;;
    *) printf '%s' "$1" ;;
  esac
}

# launch_java NAME JAR OPTIONS-VARIABLE: with its settings as environment, whose fingerprint is remembered.
launch_java() {
  local settings
  mapfile -t settings < <(launch_settings "$1")
  local -x "${settings[@]}"
  remember launched.env "$1" "$(launch_fingerprint "$1")"
  # shellcheck disable=SC2086 # options, one word each
  spawn "$1" "$(jdk)/bin/java" ${!3} -jar "$JARS/$2"
}

# await_start NAME COMMAND...: until COMMAND succeeds; ends with the log's tail when it does not, or the process dies.
await_start() {
  local name=$1
  if wait_for 90 "starting $name" succeeds_or_gone "$@" && is_running "$name"; then return; fi
  tail -n 25 "$(log_file "$name")" >&2
  is_running "$name" || die "$name ended while it started; its log: $(log_file "$name")"
  die "$name runs but is not ready after 90 s; its log: $(log_file "$name")"
}

succeeds_or_gone() { "${@:2}" || is_gone "$1"; }
