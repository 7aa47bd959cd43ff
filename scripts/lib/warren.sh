# shellcheck shell=bash
# What every script begins with: the checkout as current folder, the parts of this library, --help and --docker.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
for part in terminal state settings process ports management node postgres install build tasks; do
  # shellcheck source=/dev/null
  source "scripts/lib/$part.sh"
done

# begin "$@": answers --help, takes --docker out of the arguments and leaves the others in ARGUMENTS.
# MODE_OPTION is what a script passes on to another one.
begin() {
  help_if_asked "$@"
  choose_mode "$@"
}

# choose_mode "$@": the same for a script that answers --help by itself.
# shellcheck disable=SC2034 # for the scripts
choose_mode() {
  local argument
  MODE=native MODE_OPTION='' ARGUMENTS=()
  for argument; do
    if [[ $argument == --docker ]]; then MODE=docker MODE_OPTION=--docker; else ARGUMENTS+=("$argument"); fi
  done
  # shellcheck source=/dev/null
  source "scripts/lib/$MODE.sh"
}

# load PART: of the mode, native or docker; both have the same functions.
load() {
  # shellcheck source=/dev/null
  source "scripts/lib/$MODE-$1.sh"
}

# begin_without_arguments "$@": for a script that knows only --docker.
begin_without_arguments() {
  begin "$@"
  ((${#ARGUMENTS[@]} == 0)) || die "unknown argument ${ARGUMENTS[0]}; see $0 --help"
}
