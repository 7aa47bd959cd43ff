# shellcheck shell=bash
# The tour's part about tasks of the type http, and the traces of all. Where the workers run with
# HTTP_ALLOWED_NETWORKS=127.0.0.0/8 it also has the API itself called.

# call URL [MORE]: a task of the type http; MORE of its payload.
call() { printf '{"type": "http", "payload": {"url": "%s"%s}, %s}' "$1" "${2:+, $2}" "$LABELS"; }

calling() {
  local url trace=4bf92f3577b34da6a3ce929d0e0e4736
  topic 'Calling a URL'
  for url in http://169.254.169.254/latest/meta-data http://10.0.0.1/ 'http://[::1]/' 'http://[::ffff:169.254.169.254]/' \
    'http://[64:ff9b::a9fe:a9fe]/'; do
    submit "$(call "$url")"
    ended "$ID" DEAD
    shows "not $url" 200 '.deadReason == "permanent" and .error.class == "AddressRefused"' .error.message
  done
  ask POST /v1/tasks "$(call ftp://example.org)"
  refused 'nothing but http and https' 400 payload.url
  ask POST /v1/tasks "$(call http://user:word@example.org)"
  refused 'no password in a URL' 400 Authorization
  ask POST /v1/tasks "$(call http://example.org '"headers": {"Host": "other"}')"
  refused 'no header that is the connection'"'"'s' 400 payload.headers
  follow_logs
  ask POST /v1/tasks "$(hello)" -H "traceparent: 00-$trace-00f067aa0ba902b7-01" -H 'prefer: wait=20'
  shows 'with a trace' 200 '.state == "SUCCEEDED"' .state
  wait_for 10 'waiting for the log' is_logged_with "$trace" "$(field .id)" || tour_failed 'the trace in the log' "[trace=$trace]"
  passed 'the workers'"'"' lines have it' "[trace=$trace]"
  if may_call_loopback; then calling_loopback; fi
}

calling_loopback() {
  submit "$(call "$(sender_url)/v3/api-docs" '"answerHeaders": ["Content-Type"]')"
  ended "$ID" SUCCEEDED
  shows 'the answer is the result' 200 '.result | .status == 200 and .encoding == "utf-8" and .headers["content-type"] != null' \
    '.result | "\(.status) \(.headers) \(.body[0:40])"'
  submit "$(call "$(sender_url)/v1/nothing")"
  ended "$ID" DEAD
  shows '404 is permanent' 200 '.error.class == "Http404" and (.attempts | length == 1)' '.error.message[0:90]'
}

# is_logged_with TRACE ID
is_logged_with() { [[ $(worker_logs | grep -aF -- "$2") == *"[trace=$1]"* ]]; }

may_call_loopback() { [[ -z $MODE_OPTION && $(recall up.env HTTP_ALLOWED_NETWORKS) == *127.0.0.0/8* ]]; }
