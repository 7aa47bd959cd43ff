# shellcheck shell=bash
# A private RabbitMQ node on loopback, in RUN_DIR/broker. Debian's wrappers in /usr/sbin change to the user rabbitmq,
# who cannot write there; so the programs behind them are called.

NODE_PROGRAMS=${RABBITMQ_BIN:-/usr/lib/rabbitmq/bin}
NODE_DIR=$RUN_DIR/broker

node_recall() { recall broker/node.env "$1"; }

node_remember() { remember broker/node.env "$1" "$2"; }

node_start() {
  [[ -x $NODE_PROGRAMS/rabbitmq-server ]] || die "RabbitMQ is not installed in $NODE_PROGRAMS (apt-get install rabbitmq-server)"
  is_gone broker || { node_require_same_ports && node_renew_users && return; }
  stop_process epmd 5
  node_settle
  node_require_ports
  node_configure
  (
    node_environment
    spawn epmd epmd -address 127.0.0.1 -port "$ERL_EPMD_PORT"
    wait_for 5 'starting epmd' port_taken "$ERL_EPMD_PORT" || die "epmd did not start; its log: $(log_file epmd)"
    spawn broker "$NODE_PROGRAMS/rabbitmq-server"
  )
  if ! wait_for 60 'starting the broker' node_settled || ! node_answers; then
    tail -n 20 "$(log_file broker)" >&2
    die "the broker did not start; its log: $(log_file broker)"
  fi
}

node_require_ports() {
  require_port_free "$(node_recall RABBITMQ_PORT)" RABBITMQ_PORT AMQP
  require_port_free "$(node_recall RABBITMQ_MANAGEMENT_PORT)" RABBITMQ_MANAGEMENT_PORT 'RabbitMQ management'
}

node_require_same_ports() {
  local key
  for key in RABBITMQ_PORT RABBITMQ_MANAGEMENT_PORT; do
    [[ ${!key:-0} == 0 || ${!key} == "$(node_recall $key)" ]] ||
      die "the broker runs already, with $key=$(node_recall $key); stop it before giving it another port"
  done
}

# Name, password and ports: settled at the first start and kept, so that the data are found again.
node_settle() {
  local key port
  [[ -n $(node_recall NODE) ]] ||
    node_remember NODE "warren-$(printf '%s' "$RUN_DIR" | sha256sum | cut -c1-12)@127.0.0.1"
  node_follow_move
  settle_port broker/node.env RABBITMQ_PORT 5672
  settle_port broker/node.env RABBITMQ_MANAGEMENT_PORT 15672
  for key in DIST_PORT EPMD_PORT; do
    port=$(node_recall $key)
    if [[ -z $port ]] || port_taken "$port"; then node_remember $key "$(free_port)"; fi
  done
  node_settle_users
}

# Where each of them finds the broker: in RABBITMQ_URI the administrator, who is for scripts and people.
node_settle_users() {
  local key
  for key in PASSWORD {SENDER,WORKER,REPLIES}_PASSWORD; do
    [[ -n $(node_recall "$key") ]] || node_remember "$key" "$(new_password)"
  done
  remember warren.env RABBITMQ_URI "$(node_uri warren PASSWORD)"
  remember warren.env RABBITMQ_SENDER_URI "$(node_uri sender-api SENDER_PASSWORD)"
  remember warren.env RABBITMQ_WORKER_URI "$(node_uri worker WORKER_PASSWORD)"
  remember warren.env RABBITMQ_REPLIES_URI "$(node_uri replies REPLIES_PASSWORD)"
}

node_uri() { printf 'amqp://%s:%s@127.0.0.1:%s/%%2F' "$1" "$(node_recall "$2")" "$(node_recall RABBITMQ_PORT)"; }

# node_renew_users: of a broker that was started before they were what they are now.
node_renew_users() {
  node_settle_users
  node_definitions | cmp -s - "$NODE_DIR/definitions.json" || {
    node_definitions | management POST api/definitions --data-binary @- >/dev/null
    node_configure
  }
}

node_definitions() {
  RABBITMQ_USER=warren RABBITMQ_PASSWORD=$(node_recall PASSWORD) RABBITMQ_SENDER_PASSWORD=$(node_recall SENDER_PASSWORD) \
    RABBITMQ_WORKER_PASSWORD=$(node_recall WORKER_PASSWORD) RABBITMQ_REPLIES_PASSWORD=$(node_recall REPLIES_PASSWORD) \
    scripts/lib/broker-definitions
}

# A quorum queue keeps the absolute path of its data, and would be lost in a checkout that was moved or copied.
node_follow_move() {
  local before
  before=$(node_recall FOLDER)
  if [[ -n $before && $before != "$NODE_DIR" && -d $NODE_DIR/data ]]; then
    find "$NODE_DIR/data" -type f -name config -exec sed -i "s|\"$before/|\"$NODE_DIR/|" {} +
  fi
  node_remember FOLDER "$NODE_DIR"
}

node_configure() (
  local port management
  port=$(node_recall RABBITMQ_PORT) management=$(node_recall RABBITMQ_MANAGEMENT_PORT)
  umask 077
  mkdir -p "$NODE_DIR/data"
  printf '[rabbitmq_management].\n' >"$NODE_DIR/enabled_plugins"
  cat >"$NODE_DIR/rabbitmq.conf" <<-CONF
	listeners.tcp.1 = 127.0.0.1:$port
	management.tcp.ip = 127.0.0.1
	management.tcp.port = $management
	load_definitions = $NODE_DIR/definitions.json
	log.console = true
	log.console.use_colors = off
	log.file = false
	CONF
  node_definitions >"$NODE_DIR/definitions.json"
  remember warren.env RABBITMQ_MANAGEMENT_URL "http://127.0.0.1:$management"
)

# Exports the surroundings of this node to its programs, and nothing of another broker's.
node_environment() {
  local loopback='-kernel inet_dist_use_interface {127,0,0,1}'
  local dist_port
  dist_port=$(node_recall DIST_PORT)
  # shellcheck disable=SC2086 # names of variables, one word each
  unset ${!RABBITMQ_@} ${!ERL_@}
  export HOME=$NODE_DIR LANG=C.UTF-8 RUNNING_UNDER_SYSTEMD=true # "systemd": no shell stays between us and the node
  export RABBITMQ_NODENAME RABBITMQ_USE_LONGNAME=true RABBITMQ_DIST_PORT=$dist_port ERL_EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
  RABBITMQ_NODENAME=$(node_recall NODE) ERL_EPMD_PORT=$(node_recall EPMD_PORT)
  export RABBITMQ_MNESIA_BASE=$NODE_DIR/data RABBITMQ_LOG_BASE=$RUN_DIR/log
  export RABBITMQ_CONFIG_FILE=$NODE_DIR/rabbitmq.conf RABBITMQ_ADVANCED_CONFIG_FILE=$NODE_DIR/advanced.config
  export RABBITMQ_CONF_ENV_FILE=$NODE_DIR/rabbitmq-env.conf RABBITMQ_ENABLED_PLUGINS_FILE=$NODE_DIR/enabled_plugins
  export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=$loopback RABBITMQ_CTL_ERL_ARGS=$loopback
  export ERL_CRASH_DUMP=/dev/null
  ulimit -Sn 20000 2>/dev/null || true # Erlang sets memory aside for each one allowed
}

node_settled() { is_gone broker || node_answers; }

# The management API answers, and says that the AMQP port is open.
node_answers() {
  management_get "api/health/checks/port-listener/$(node_recall RABBITMQ_PORT)"
} >/dev/null 2>&1

node_stop() {
  stop_process broker 60
  stop_process epmd 5
}

node_kill() { kill_process broker || die 'the broker does not run'; }

node_suspend() { signal broker STOP || die 'the broker does not run'; }

node_resume() { signal broker CONT || die 'the broker does not run'; }

node_status() {
  is_running broker || { say 'stopped' && exit 3; }
  say "running: $(node_recall NODE), pid $(pid_of broker), AMQP $(node_recall RABBITMQ_PORT)," \
    "management $(node_recall RABBITMQ_MANAGEMENT_PORT), log $(log_file broker)"
}

node_ctl() (
  [[ -n $(node_recall NODE) ]] || die 'this broker was never started'
  node_environment
  exec "$NODE_PROGRAMS/rabbitmqctl" --quiet "$@"
)
