# shellcheck shell=bash
# What the containers are doing. native-status.sh does the same with processes of this machine.

# status_of_all: a JSON object {name, pid, port, health, holding} each.
status_of_all() {
  local service id
  for service in broker sender-api worker; do
    for id in $(container "$service"); do
      docker inspect "$id" | jq -c --arg service "$service" --argjson holding "$(held_by "${id:0:12}")" '.[0] |
        {name: (if $service == "worker" then .Config.Hostname else $service end),
         pid: (if .State.Running then .State.Pid else null end),
         port: ([.NetworkSettings.Ports[]? // [] | .[].HostPort | tonumber] | first),
         health: (if .State.Running | not then "STOPPED" elif .State.Health.Status == "healthy" then "UP" else "DOWN" end),
         $holding}'
    done
  done
}

# held_by WORKER: what it was the last one to receive, and has neither done nor buried.
held_by() {
  task_events | awk -v worker="$1" '
    $3 == "received" { holder[$4] = $2; since[$4] = $1; next }
    holder[$4] == $2 { delete holder[$4] }
    END { for (id in holder) if (holder[id] == worker) printf "{\"id\":\"%s\",\"since\":\"%s\"}\n", id, since[id] }' |
    jq -sc .
}
