# shellcheck shell=bash
# Ports of this machine: is one taken, and which one is free.

port_taken() { (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null; }

# require_port_free PORT VARIABLE WHAT
require_port_free() {
  ! port_taken "$1" || die "port $1 ($3) is taken by another program, which is left alone." \
    "Choose another one: $2=$(($1 + 1000)) scripts/up${MODE_OPTION:+ $MODE_OPTION}"
}

free_port() {
  local port
  while :; do
    port=$((20000 + SRANDOM % 12000))
    port_taken "$port" || { printf '%s' "$port" && return; }
  done
}

# settle_port FILE KEY DEFAULT: what is chosen; where that is nothing, DEFAULT; 0 is the last one, or else any free one.
settle_port() {
  local port last
  port=$(chosen "$1" "$2")
  last=$(recall "$1" "$2")
  if [[ $port == 0 ]]; then port=${last:-$(free_port)}; fi
  remember "$1" "$2" "${port:-$3}"
}
