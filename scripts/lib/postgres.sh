# shellcheck shell=bash
# A private PostgreSQL cluster on loopback, TCP only. Its programs refuse to run as root: there they run as the user
# postgres of Debian's package, who may not even enter a checkout below /root. So root's clusters are in /var/lib/warren,
# one for each RUN_DIR; everybody else's are in RUN_DIR.

if ((EUID == 0)); then
  POSTGRES_DIR=/var/lib/warren/$(basename "$(dirname "$RUN_DIR")")-$(printf '%s' "$RUN_DIR" | sha256sum | cut -c1-12)
  POSTGRES_AS=(setpriv --reuid=postgres --regid=postgres --init-groups)
else
  POSTGRES_DIR=$RUN_DIR/postgres
  POSTGRES_AS=()
fi

postgres_start() {
  postgres_require_installed
  is_gone postgres || { postgres_require_same_port && return; }
  postgres_settle
  postgres_require_port
  [[ -f $POSTGRES_DIR/data/PG_VERSION ]] || postgres_create
  (
    postgres_environment
    spawn postgres "${POSTGRES_AS[@]}" "$(postgres_programs)/postgres" -D "$POSTGRES_DIR/data" -h 127.0.0.1 \
      -p "$(recall warren.env POSTGRES_PORT)" -k '' -c fsync=on
  )
  # shellcheck disable=SC2034 # for scripts/up, which does not see what is set in there
  SPAWNED=yes
  if ! wait_for 60 'starting PostgreSQL' postgres_settled || ! postgres_answers; then
    tail -n 20 "$(log_file postgres)" >&2
    die "PostgreSQL did not start; its log: $(log_file postgres)"
  fi
}

# postgres_programs: the folder of those that fit the data, else of the newest.
postgres_programs() {
  local version=''
  version=$(postgres_run cat "$POSTGRES_DIR/data/PG_VERSION" 2>/dev/null) || true
  printf '%s' "${POSTGRES_BIN:-$(find /usr/lib/postgresql -path "*/${version:-*}/bin" 2>/dev/null | sort -V | tail -n 1)}"
}

postgres_is_installed() { [[ -x $(postgres_programs)/initdb ]]; }

postgres_require_installed() {
  postgres_is_installed || die 'PostgreSQL is not installed: scripts/install postgresql, as root (it starts no service)'
}

postgres_require_port() { require_port_free "$(recall warren.env POSTGRES_PORT)" POSTGRES_PORT PostgreSQL; }

postgres_require_same_port() {
  [[ ${POSTGRES_PORT:-0} == 0 || $POSTGRES_PORT == "$(recall warren.env POSTGRES_PORT)" ]] ||
    die "PostgreSQL runs already, with POSTGRES_PORT=$(recall warren.env POSTGRES_PORT); stop it before giving it another port"
}

# Port and password: settled at the first start and kept.
postgres_settle() {
  settle_port warren.env POSTGRES_PORT 5432
  postgres_follow_move
  postgres_forget_zombie
  [[ -n $(recall warren.env POSTGRES_PASSWORD) ]] && return
  remember warren.env POSTGRES_PASSWORD "$(new_password)"
  [[ ! -f $POSTGRES_DIR/data/PG_VERSION ]] || postgres_set_password "$POSTGRES_DIR/data"
}

# Data that are not in RUN_DIR come along when it was moved; those of a checkout that was copied stay with the first.
postgres_follow_move() {
  local owner before
  owner=$(recall warren.env POSTGRES_RUN_DIR) before=$(recall warren.env POSTGRES_DIR)
  if [[ $before == /var/lib/warren/* && $before != "$POSTGRES_DIR" && -d $before && ! -e $owner ]]; then
    mv "$before" "$POSTGRES_DIR"
  fi
  remember warren.env POSTGRES_DIR "$POSTGRES_DIR"
  remember warren.env POSTGRES_RUN_DIR "$RUN_DIR"
}

# Nobody but the role warren can sign in: the superuser has no password, and there is no socket.
postgres_create() {
  local new=$POSTGRES_DIR/data.new
  mkdir -p "$RUN_DIR/log" "$(dirname "$POSTGRES_DIR")"
  rm -rf "$new"
  ((EUID)) || install -d -m 700 -o postgres -g postgres "$POSTGRES_DIR"
  run_logged 'making a PostgreSQL cluster' "$RUN_DIR/log/initdb.log" postgres_run "$(postgres_programs)/initdb" \
    -D "$new" -U postgres -A reject -E UTF8 --locale=C.UTF-8 --data-checksums
  printf 'host all warren 127.0.0.1/32 scram-sha-256\n' | postgres_run tee "$new/pg_hba.conf" >/dev/null
  postgres_single "$new" 'CREATE ROLE warren LOGIN CREATEDB'
  postgres_single "$new" 'CREATE DATABASE warren OWNER warren'
  postgres_set_password "$new"
  postgres_run mv "$new" "$POSTGRES_DIR/data" # whole, or not there
}

postgres_set_password() {
  postgres_single "$1" "ALTER ROLE warren PASSWORD '$(recall warren.env POSTGRES_PASSWORD)'"
}

# postgres_single DATA STATEMENT: without a server; it says of an error only in its output.
postgres_single() {
  local answer
  answer=$(postgres_run "$(postgres_programs)/postgres" --single -D "$1" postgres 2>&1 <<<"$2") || die "PostgreSQL: $answer"
  [[ $answer != *ERROR:* ]] || die "PostgreSQL: $answer"
}

# postgres_run COMMAND...: as the cluster's user.
postgres_run() (
  postgres_environment
  exec "${POSTGRES_AS[@]}" "$@"
)

# Of another PostgreSQL's surroundings nothing, and not the current folder, which that user may not enter.
postgres_environment() {
  # shellcheck disable=SC2086 # names of variables, one word each
  unset ${!PG@}
  export LC_ALL=C.UTF-8
  umask 077
  cd /
}

postgres_settled() { is_gone postgres || postgres_answers; }

# It accepts connections: what a kill -9 left is recovered.
postgres_answers() {
  timeout 5 "$(postgres_programs)/pg_isready" -q -h 127.0.0.1 -p "$(recall warren.env POSTGRES_PORT)" \
    -U warren -d warren
}

# postgres_stop: fast, which closes connections and loses nothing; a frozen one first goes on.
postgres_stop() {
  ! is_running postgres || postgres_resume
  stop_process postgres 60 INT
}

# postgres_kill: kill -9 of the server and of all its processes, which would outlive it for a moment.
postgres_kill() {
  postgres_suspend
  postgres_signal KILL
  wait_for 10 'killing PostgreSQL' postgres_is_idle
}

postgres_suspend() { # the server first: then it begins no other process
  signal postgres STOP || die 'PostgreSQL does not run'
  postgres_signal STOP
}

postgres_resume() {
  is_running postgres || die 'PostgreSQL does not run'
  postgres_signal CONT
}

# postgres_signal SIGNAL: to all that are there; some may end by themselves meanwhile.
postgres_signal() { postgres_processes | xargs -r kill "-$1" 2>/dev/null || true; }

# All of them work in the data folder. Asked as their user: root in a container may not look.
postgres_processes() {
  postgres_run find /proc -maxdepth 2 -name cwd -lname "$POSTGRES_DIR/data" 2>/dev/null | cut -d / -f 3
}

postgres_is_idle() { [[ -z $(postgres_processes) ]]; }

# PostgreSQL takes a zombie for a server that runs, and in a container without an init they stay.
postgres_forget_zombie() {
  local lock=$POSTGRES_DIR/data/postmaster.pid pid
  pid=$(postgres_run head -n 1 "$lock" 2>/dev/null) || return 0
  if grep -qs '^[0-9]* (.*) Z ' "/proc/$pid/stat" && wait_for 10 'waiting for its processes' postgres_is_idle; then
    rm -f "$lock"
  fi
}

postgres_status() {
  is_running postgres || { say 'stopped' && exit 3; }
  say "running: pid $(pid_of postgres), port $(recall warren.env POSTGRES_PORT), data $POSTGRES_DIR, log $(log_file postgres)"
}

# postgres_remove: its data, too.
postgres_remove() {
  postgres_stop
  rm -rf "$POSTGRES_DIR"
}

postgres_psql() (
  postgres_require_installed
  PGPASSWORD=$(recall warren.env POSTGRES_PASSWORD)
  export PGPASSWORD
  exec "$(postgres_programs)/psql" -h 127.0.0.1 -p "$(recall warren.env POSTGRES_PORT)" -U warren -d warren "$@"
)
