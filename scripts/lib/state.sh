# shellcheck shell=bash
# What is remembered between two runs, in RUN_DIR: files of KEY=value lines that only their owner may read.

RUN_DIR=${WARREN_RUN_DIR:-$PWD/.run}
if ! mkdir -p "$RUN_DIR" || [[ ! -w $RUN_DIR ]]; then die "$RUN_DIR cannot be written by $(id -un); whose is it?"; fi
RUN_DIR=$(realpath "$RUN_DIR")

# recall FILE KEY: the value, or nothing.
recall() { sed -n "s/^$2=//p" "$RUN_DIR/$1" 2>/dev/null || true; }

# remember FILE KEY VALUE: replaces the line of that key, in one step.
remember() {
  (
    umask 077
    mkdir -p "$(dirname "$RUN_DIR/$1")"
    { grep -v "^$2=" "$RUN_DIR/$1" 2>/dev/null || true; printf '%s=%s\n' "$2" "$3"; } >"$RUN_DIR/$1.new"
    mv "$RUN_DIR/$1.new" "$RUN_DIR/$1"
  )
}

# new_password: 128 bits as hex digits, which need no quoting anywhere.
new_password() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# chosen FILE KEY: what the environment says, also when that is nothing, else what was settled before.
chosen() { printf '%s' "${!2-$(recall "$1" "$2")}"; }

# settle FILE KEY DEFAULT: what is chosen; where that is nothing, DEFAULT.
settle() {
  local value
  value=$(chosen "$1" "$2")
  remember "$1" "$2" "${value:-$3}"
}

# settle_optional FILE KEY: what is chosen. Nothing is no setting to whatever is started, not an empty one.
settle_optional() {
  remember "$1" "$2" "$(chosen "$1" "$2")"
  [[ -n ${!2-} ]] || unset "$2"
}

# remember_if_it_starts FILE: a script that ends before it_started leaves this file as it was.
remember_if_it_starts() {
  UNCERTAIN=$1
  (umask 077 && touch "$UNCERTAIN")
  cp -p "$UNCERTAIN" "$UNCERTAIN.before"
  trap forget_what_did_not_start EXIT
}

forget_what_did_not_start() {
  mv "$UNCERTAIN.before" "$UNCERTAIN"
  say 'Settings that were given now are not remembered, but for the broker and the database; scripts/up takes those of before.' >&2
}

it_started() {
  trap - EXIT
  rm -f "$UNCERTAIN.before"
}
