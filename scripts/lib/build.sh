# shellcheck shell=bash
# The two applications as jars, one folder a state of the sources: what is up to date is not built again, and what
# runs keeps the jar it was started from.

# sources_fingerprint: of what goes into the jars, by content.
sources_fingerprint() {
  find .mvn pom.xml ./*/pom.xml ./*/src/main -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
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
