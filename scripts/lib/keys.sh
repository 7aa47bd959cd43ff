# shellcheck shell=bash
# Keys of the API, by asking it.

# ask_for_keys METHOD PATH [BODY]: prints the answer, or ends with what the API says.
ask_for_keys() {
  local answer status options=()
  [[ -z ${3-} ]] || options=(-H 'content-type: application/json' --data-binary "$3")
  [[ -n $(sender_url) ]] || die "Warren is not up. First: scripts/up${MODE_OPTION:+ $MODE_OPTION}"
  answer=$(http -X "$1" -w '\n%{http_code}' "${options[@]}" "$(sender_url)/v1/keys$2") ||
    die "no answer from $(sender_url)"
  status=${answer##*$'\n'} answer=${answer%$'\n'*}
  [[ $status != 401 ]] || die "$(jq -r .detail <<<"$answer") This wants an admin key in WARREN_API_KEY."
  [[ $status == 2* ]] || die "$(jq -r '.detail // .title' <<<"$answer")"
  printf '%s\n' "$answer"
}
