# shellcheck shell=bash
# What must be on the machine: says what is missing, has scripts/install bring it, and finds a JDK.

# require_installed WHAT...: of curl jq jdk maven pika python rabbitmq postgresql shellcheck wrk.
require_installed() {
  local missing=() part
  for part; do is_installed "$part" || missing+=("$part"); done
  ((${#missing[@]})) || return 0
  if ((EUID == 0)); then
    scripts/install "${missing[@]}"
  elif sudo -n true 2>/dev/null; then
    sudo -n "$PWD/scripts/install" "${missing[@]}"
  else
    die "missing: ${missing[*]}. Have them installed once, as root, by this line (it starts no service):
  sudo $PWD/scripts/install ${missing[*]}"
  fi
}

is_installed() {
  case $1 in
    jdk) jdk >/dev/null ;;
    maven) command -v mvn >/dev/null ;;
    postgresql) postgres_is_installed ;;
    pika) /usr/bin/python3 -c 'import pika' 2>/dev/null ;;
    python) [[ -x /usr/bin/python3 ]] ;;
    rabbitmq) [[ -x $NODE_PROGRAMS/rabbitmq-server ]] ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# jdk: the folder of JAVA_HOME's JDK if that is 17 or newer, else of the newest one on this machine.
jdk() {
  local home found='' version newest=16
  for home in "${JAVA_HOME-}" /usr/lib/jvm/* "$(realpath "$(command -v javac)" 2>/dev/null | sed 's|/bin/javac$||')"; do
    [[ -n $home && -x $home/bin/javac ]] || continue
    version=$(sed -nE 's/^JAVA_VERSION="([0-9]+).*/\1/p' "$home/release" 2>/dev/null)
    if ((${version:-0} > newest)); then newest=$version found=$home; fi
    [[ $home != "${JAVA_HOME-}" || -z $found ]] || break
  done
  [[ -n $found ]] && printf '%s' "$found"
}

docker_answers() { timeout 20 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }
