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

# settle FILE KEY DEFAULT: what the environment says, else what was settled before, else DEFAULT.
settle() {
  local before
  before=$(recall "$1" "$2")
  remember "$1" "$2" "${!2:-${before:-$3}}"
}

# settle_optional FILE KEY: what the environment says, also when that is nothing, else what was settled before.
settle_optional() { remember "$1" "$2" "${!2-$(recall "$1" "$2")}"; }
