# shellcheck shell=bash
# The broker's management API, with the credentials of RABBITMQ_URI kept out of every command line.

# management METHOD PATH [CURL-OPTION...]: the body; fails unless the answer is a success.
management() {
  local method=$1 path=$2
  shift 2
  curl -sS --fail-with-body --max-time 10 --noproxy '*' -K <(printf 'user = "%s"\n' "$(credentials | sed 's/["\\]/\\&/g')") \
    -X "$method" -H 'content-type: application/json' "$@" "$(management_url)/$path"
}

management_get() { management GET "$1"; }

broker_uri() { recall warren.env RABBITMQ_URI; }

# broker_uri_of sender|worker|replies: with a user of its own, where there is one.
broker_uri_of() {
  local own
  own=$(recall warren.env "RABBITMQ_${1^^}_URI")
  printf '%s' "${own:-$(broker_uri)}"
}

management_url() { recall warren.env RABBITMQ_MANAGEMENT_URL; }

# vhost: as the management API wants it, percent-encoded.
vhost() {
  local path
  path=$(broker_uri | sed -nE 's|^[a-z]+://[^/]+/([^?]+).*|\1|p')
  printf '%s' "${path:-%2F}"
}

# credentials: user:password, percent-decoded.
credentials() { printf '%b' "$(broker_uri | sed -nE 's|%|\\x|g; s|^[a-z]+://([^@/]*)@.*|\1|p')"; }

require_management() {
  [[ -n $(management_url) ]] || die 'the management API of this broker is not known: scripts/up wants RABBITMQ_MANAGEMENT_URL too'
  wait_for 60 'asking the management API' management_get api/overview >/dev/null 2>&1 ||
    die "no answer from the management API at $(management_url): $(management_get api/overview 2>&1)"
}
