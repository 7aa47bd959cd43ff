# shellcheck shell=bash
# What the containers are doing. native-status.sh does the same with processes of this machine.

# status_of_all: a JSON object {name, pid, port, health, holding} each; the database has {kind} too.
status_of_all() {
  local service id holding
  for service in broker database sender-api worker; do
    for id in $(status_container "$service"); do
      holding='[]'
      [[ $service != worker ]] || holding=$(held_by "$id")
      docker inspect "$id" | jq -c --arg service "$service" --arg kind "$(database)" --argjson holding "$holding" '.[0] |
        {name: (if $service == "worker" then .Config.Hostname else $service end),
         pid: (if .State.Running then .State.Pid else null end),
         port: ([.NetworkSettings.Ports[]? // [] | .[].HostPort | tonumber] | first),
         health: (if .State.Running | not then "STOPPED" elif .State.Health.Status == "healthy" then "UP" else "DOWN" end),
         $holding} |
        if $service == "database" then . + {$kind} else . end |
        if (.kind // "postgres") == "postgres" then . else .pid = null | .port = null end |
        if .kind == "yours" then .health = "UNKNOWN" else . end'
    done
  done
}

# status_container SERVICE: an H2 file is open in the sender API; of a database of yours nothing is known.
status_container() {
  case $1 in
    database) if can_kill_database; then container postgres; else container sender-api; fi ;;
    *) container "$1" ;;
  esac
}

held_by() { worker_info "$1" | jq -sc '.[0].worker.holding // []' 2>/dev/null || printf '[]'; }

# worker_info WORKER: asked inside its container, as the health check does: no port is published, and there is no curl.
worker_info() {
  # shellcheck disable=SC2016 # expanded in the container
  docker exec "$1" timeout 8 bash -c '
    exec 3<>"/dev/tcp/127.0.0.1/$WORKER_PORT" || exit
    printf "GET /actuator/info HTTP/1.0\r\n\r\n" >&3
    sed "1,/^\r*\$/d" <&3' 2>/dev/null || true
}
