# shellcheck shell=bash
# The two applications as jars, one folder a state of the sources: what is up to date is not built again, and what
# runs keeps the jar it was started from. And the terminal's client.

# sources_fingerprint: of what goes into the jars, by content.
sources_fingerprint() {
  find .mvn pom.xml ./*/pom.xml ./*/src/main -type f ! -path './cli/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}

# build: prints the folder with sender-api.jar and worker-service.jar of these sources.
build() {
  local target
  target=$RUN_DIR/jars/$(sources_fingerprint)
  if [[ ! -f $target/worker-service.jar ]]; then
    mkdir -p "$RUN_DIR/log"
    run_logged 'building (the first time it downloads libraries)' "$RUN_DIR/log/build.log" \
      env JAVA_HOME="$(jdk)" mvn -B -ntp -Dmaven.test.skip=true -pl sender-api,worker-service -am package
    rm -rf "$target" "$target.new"
    mkdir -p "$target.new"
    cp sender-api/target/sender-api.jar worker-service/target/worker-service.jar "$target.new/"
    mv "$target.new" "$target" # whole, or not there
  fi
  printf '%s' "$target"
}

forget_old_jars() {
  find "$RUN_DIR/jars" -mindepth 1 -maxdepth 1 ! -path "$(recall up.env JARS)" -exec rm -rf {} +
}

# Of what starts often and lives briefly; what it cannot use of an earlier start is no news.
CLI_JVM=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xlog:disable)

# settle_cli_jvm: for the JDK that will run it; from 23 on, what protobuf does with memory is no news either.
settle_cli_jvm() {
  require_installed jdk
  grep -qE '^JAVA_VERSION="(1[7-9]|2[0-2])' "$(jdk)/release" || CLI_JVM+=(--sun-misc-unsafe-memory-access=allow)
}

# build_cli: prints the folder with warren-cli.jar, the terminal's client, which is built where a source of it is newer.
build_cli() {
  local folder=$RUN_DIR/cli
  mkdir -p "$folder" "$RUN_DIR/log"
  cli_is_current "$folder" || (flock 8 && { cli_is_current "$folder" || make_cli "$folder"; }) 8>"$folder/lock"
  printf '%s' "$folder"
}

cli_is_current() {
  [[ -f $1/warren-cli.jar ]] &&
    [[ -z $(find pom.xml {cli,grpc-api}/pom.xml {cli,grpc-api}/src/main -newer "$1/warren-cli.jar" -print -quit) ]]
}

# make_cli FOLDER: the jar, and beside it the classes that a call has loaded, with which the next ones start in half the
# time. That call reaches nobody.
make_cli() {
  require_installed jdk maven
  run_logged 'building (the first time it downloads libraries)' "$RUN_DIR/log/build-cli.log" \
    env JAVA_HOME="$(jdk)" mvn -B -ntp -Dmaven.test.skip=true -pl cli -am package
  cp cli/target/warren-cli.jar "$1/new.jar" && mv "$1/new.jar" "$1/warren-cli.jar" && rm -f "$1/warren-cli.jsa"
  "$(jdk)/bin/java" "${CLI_JVM[@]}" -XX:ArchiveClassesAtExit="$1/warren-cli.jsa" -jar "$1/warren-cli.jar" \
    calculator.add 1 2 --url http://127.0.0.1:1 </dev/null >/dev/null 2>&1 || true
}
