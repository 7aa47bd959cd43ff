# shellcheck shell=bash
# Bringing the processes of this machine up and down. docker-up.sh does the same with containers.

# up [WORKERS] [DATABASE]: when not said as many as there are, or two; h2, postgres or yours, when not said as before.
up() {
  local count jars outdated setting
  require_installed curl jq jdk maven
  require_settings
  lock
  require_key_beyond_loopback
  remember_if_it_starts "$RUN_DIR/up.env"
  choose_broker
  choose_database "${2-}"
  settle_worker_count "${1-}"
  count=$(recall up.env WORKERS)
  settle up.env SENDER_PORT 5044
  settle_port up.env SENDER_GRPC_PORT 9090
  settle up.env SENDER_BIND 127.0.0.1
  settle up.env WORKER_PORT 5045
  settle up.env WORKER_BIND 127.0.0.1
  settle up.env WORKER_CONCURRENCY 1
  settle up.env WORKER_DRAIN_TIMEOUT 60s
  for setting in WARREN_ADMIN_KEY WARREN_QUEUES WARREN_RETENTION_FINISHED WARREN_RETENTION_DEAD \
    WORKER_QUEUES WORKER_CHAOS WORKER_CHAOS_JOURNAL HTTP_ALLOWED_NETWORKS \
    HTTP_SIGNING_SECRET OTEL_EXPORTER_OTLP_ENDPOINT SENDER_GRPC_REFLECTION; do
    settle_optional up.env $setting
  done
  settle up.env SENDER_JAVA_OPTS '-XX:+UseParallelGC -Xmx256m'
  settle up.env WORKER_JAVA_OPTS '-XX:+UseSerialGC -Xmx128m'
  require_ports "$count"
  jars=$(build)
  remember up.env JARS "$jars"
  mapfile -t outdated < <(outdated_processes "$count")
  stop_applications "${outdated[@]}"
  ! is_own_broker || node_start
  if is_own_database; then postgres_start; else postgres_stop; fi
  start_missing "$count"
  it_started
  forget_old_jars
}

down() {
  local running
  lock
  mapfile -t running < <(known_workers)
  stop_applications "${running[@]}" sender-api
  postgres_stop
  ! is_own_broker || node_stop
  rm -f "$RUN_DIR/workers.env"
  remember up.env WORKERS '' # the next scripts/up starts two again
}

# lock: one scripts/up or scripts/down at a time in this folder.
lock() {
  exec 9>"$RUN_DIR/lock"
  flock -n 9 || die 'another scripts/up or scripts/down is at work in this checkout'
}

# require_key_beyond_loopback: without one the API would not start. Whether there is one in the ledger it says while it runs.
require_key_beyond_loopback() {
  local bind
  bind=$(chosen up.env SENDER_BIND)
  [[ -n $bind && -z $(chosen up.env WARREN_ADMIN_KEY) ]] || return 0
  is_loopback "$bind" || ! is_running sender-api || ! has_no_key ||
    die 'SENDER_BIND is not loopback, and there is no key: anybody, or nobody, could use it.' \
      "Before that: scripts/create-key NAME --scope admin. Or with it: WARREN_ADMIN_KEY=warren_\$(openssl rand -hex 16)"
}

is_loopback() { getent ahosts "$1" | head -n 1 | grep -qE '^(127\.|::1 )'; }

# has_no_key: it says so only while it is open to everybody, or to who has its admin key.
has_no_key() { http -f "$(sender_url)/v1/keys" 2>/dev/null | jq -e '.data | all(.revokedAt)' >/dev/null; }

# RABBITMQ_URI of the environment, else the broker that Warren's processes use already, else Warren's own node.
choose_broker() {
  local key
  if [[ -n ${RABBITMQ_URI-} ]] && { [[ $RABBITMQ_URI != "$(broker_uri)" ]] || ! is_own_broker; }; then
    [[ $RABBITMQ_URI == "$(broker_uri)" ]] || nothing_runs || die 'Warren runs with another broker. First: scripts/down'
    remember warren.env BROKER yours
    remember warren.env RABBITMQ_URI "$RABBITMQ_URI"
    remember warren.env RABBITMQ_MANAGEMENT_URL "${RABBITMQ_MANAGEMENT_URL-}"
    for key in RABBITMQ_{SENDER,WORKER,REPLIES}_URI; do remember warren.env "$key" "${!key-}"; done
  elif [[ -z ${RABBITMQ_URI-} ]] && nothing_runs; then
    remember warren.env BROKER own
  fi
  ! is_own_broker || require_installed rabbitmq
}

# choose_database DATABASE: what is said, else what was chosen before, else H2.
choose_database() {
  local key
  [[ -z $1 ]] || remember warren.env DATABASE "$1"
  if [[ $1 == yours ]]; then
    for key in URL USERNAME PASSWORD; do database_remember $key; done
  fi
  is_own_database || return 0
  require_installed postgresql
  if is_gone postgres; then postgres_settle; else postgres_require_same_port; fi
}

database_remember() {
  local key=SPRING_DATASOURCE_$1
  remember warren.env "$key" "${!key-}"
}

nothing_runs() { is_gone sender-api && is_gone broker && [[ -z $(workers) ]]; }

settle_worker_count() {
  local before
  before=$(recall up.env WORKERS)
  remember up.env WORKERS "${1:-${before:-2}}"
}

# All ports are looked at before anything is built or started.
require_ports() {
  local number
  if is_own_broker; then
    if is_gone broker; then
      node_settle && node_require_ports
    else
      node_require_same_ports && node_settle_users
    fi
  fi
  if is_own_database && is_gone postgres; then postgres_require_port; fi
  if ! is_running sender-api; then
    require_port_free "$(recall up.env SENDER_PORT)" SENDER_PORT 'sender API'
    require_port_free "$(recall up.env SENDER_GRPC_PORT)" SENDER_GRPC_PORT 'sender API, gRPC'
  fi
  for ((number = 1; number <= $1; number++)); do
    is_running "worker-$number" ||
      require_port_free $(($(recall up.env WORKER_PORT) + number - 1)) WORKER_PORT "worker-$number"
  done
}

# outdated_processes WORKERS: those of another state of the sources or other settings, and workers with a higher number.
outdated_processes() {
  local name
  for name in $(workers) sender-api; do
    is_gone "$name" || is_wanted "$name" "$1" || printf '%s\n' "$name"
  done
}

# is_wanted NAME WORKERS: this process as it runs.
is_wanted() {
  [[ $1 != worker-* ]] || ((${1#worker-} <= $2)) || return 1
  [[ $(recall launched.env "$1") == "$(launch_fingerprint "$1")" ]]
}

# stop_applications NAME...: all at once; a worker finishes the task in hand first.
stop_applications() {
  local name
  for name; do signal "$name" TERM || true; done
  for name; do stop_process "$name" "$(drain_seconds "$name")"; done
}

# drain_seconds NAME: the timeout that it runs with, which scripts/up may have been told to change, and ten more.
drain_seconds() {
  local timeout
  timeout=$({ tr '\0' '\n' <"/proc/$(pid_of "$1")/environ"; } 2>/dev/null | sed -n 's/^WORKER_DRAIN_TIMEOUT=//p')
  printf '%s' $(($(seconds_in "$timeout" || printf 60) + 10))
}

# start_missing WORKERS: all at once, then waits for each.
start_missing() {
  local number name
  is_running sender-api || launch_sender
  for ((number = 1; number <= $1; number++)); do
    is_running "worker-$number" || launch_worker "worker-$number"
  done
  await_start sender-api sender_is_ready
  for ((number = 1; number <= $1; number++)); do
    await_start "worker-$number" worker_is_ready "worker-$number"
  done
}
