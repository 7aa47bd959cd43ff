# shellcheck shell=bash
# The tour's last part: keys. It leaves the API as it was, open or not.

# make_key SCOPE: its text is left in KEY, its name is this tour's and the scope.
make_key() {
  ask POST /v1/keys "{\"name\": \"$TOUR-$1\", \"scope\": \"$1\"}"
  KEY=$(field '.key // empty')
}

access() {
  topic 'Access'
  local admin submit read
  WARREN_API_KEY='' ask GET /v1/keys
  if [[ $STATUS == 200 ]]; then open_at_first; else closed_at_first; fi
  admin=$KEY
  shows 'an admin key' 201 '.scope == "admin" and (.key | test("^warren_[A-Za-z0-9_-]{43}$"))' '"\(.name), and its text this once"'
  WARREN_API_KEY='' ask GET /v1/tasks
  refused 'without a key' 401 bearer
  has_header www-authenticate 'Bearer realm="warren"' || tour_failed 'the challenge' 'WWW-Authenticate: Bearer'
  passed 'the challenge' "$(grep -i '^www-authenticate:' "$ANSWER_HEADERS" | tr -d '\r')"
  WARREN_API_KEY='' ask GET /actuator/health/readiness
  shows 'health needs none' 200 '.status == "UP"' .status
  WARREN_API_KEY=$admin make_key submit
  submit=$KEY
  shows 'a key that makes tasks' 201 '.scope == "submit"' '"\(.name), made by \(.createdBy)"'
  WARREN_API_KEY=$admin make_key read
  read=$KEY
  shows 'a key that looks at them' 201 '.scope == "read"' .name
  WARREN_API_KEY=$submit submit "$(hello)"
  shows 'a task knows who made it' 202 ".createdBy == \"$TOUR-submit\"" .createdBy
  WARREN_API_KEY=$submit ask GET "/v1/tasks/$ID"
  refused 'the scope is too small to look at it' 403 read
  has_header www-authenticate 'insufficient_scope' || tour_failed 'the challenge' 'error="insufficient_scope"'
  WARREN_API_KEY=$read ended "$ID" SUCCEEDED
  shows 'the other key may' 200 ".createdBy == \"$TOUR-submit\"" '"\(.state), by \(.createdBy)"'
  WARREN_API_KEY=$read ask POST /v1/tasks "$(hello)"
  refused 'and may make none' 403 submit
  WARREN_API_KEY=$admin ask GET /v1/keys
  shows 'the list tells no texts' 200 '.data | length >= 3 and all(has("key") | not)' '.data | "\(length) keys"'
  WARREN_API_KEY=$admin ask DELETE "/v1/keys/$TOUR-submit"
  shows 'revoked' 204
  WARREN_API_KEY=$submit ask POST /v1/tasks "$(hello)"
  refused 'and of no use any more' 401 revoked
  WARREN_API_KEY=$admin ask DELETE "/v1/keys/$TOUR-read"
  if [[ -n $OPEN_AT_FIRST ]]; then open_again "$admin"; else ask DELETE "/v1/keys/$TOUR-admin" && shows 'the last of them' 204; fi
}

OPEN_AT_FIRST=''

open_at_first() {
  OPEN_AT_FIRST=yes
  shows 'open to all on loopback, while no key was made' 200 '.data == []' '"\(.data | length) keys"'
  make_key submit
  refused 'the first key must be an admin key' 409 admin
  make_key admin
  # shellcheck disable=SC2064 # this key
  trap "rm -f '$ANSWER_HEADERS'; WARREN_API_KEY=$KEY http -o /dev/null -X DELETE '$(sender_url)/v1/keys?all=true' || true" EXIT
}

closed_at_first() {
  refused 'nobody is told of the keys without one' 401 bearer
  make_key admin
}

open_again() {
  WARREN_API_KEY=$1 ask DELETE "/v1/keys/$TOUR-admin"
  refused 'the last admin key is kept' 409 'last admin key'
  WARREN_API_KEY=$1 ask DELETE '/v1/keys?all=true'
  shows 'all forgotten' 200 '.count == 3' '"\(.count) keys"'
  WARREN_API_KEY='' ask GET /v1/keys
  shows 'and open again' 200 '.data == []'
}
