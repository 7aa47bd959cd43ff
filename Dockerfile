# Either application: --build-arg MODULE=sender-api or worker-service. The broker, with Warren's users: --target broker.

FROM rabbitmq:4-management AS broker
COPY --chmod=755 scripts/lib/broker-definitions scripts/lib/broker-users.txt /warren/
RUN echo 'load_definitions = /tmp/definitions.json' >/etc/rabbitmq/conf.d/90-warren.conf
CMD ["bash", "-c", "umask 077 && /warren/broker-definitions >/tmp/definitions.json && exec rabbitmq-server"]

FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /warren
COPY .mvn .mvn
COPY pom.xml .
COPY task-contract task-contract
COPY grpc-api grpc-api
COPY test-broker test-broker
COPY test-database test-database
COPY sender-api sender-api
COPY worker-service worker-service
COPY cli/pom.xml cli/pom.xml
# The cache outlives a change of a pom, which a layer of downloads would not.
RUN --mount=type=cache,target=/m2,sharing=locked \
    mvn -B -ntp -Dmaven.repo.local=/m2 -Dmaven.test.skip=true -pl sender-api,worker-service -am package

# Apart from the jars, so that a commit that changes no source builds none of them again.
FROM maven:3-eclipse-temurin-25 AS commit
RUN --mount=type=cache,target=/m2,sharing=locked \
    --mount=type=bind,target=/warren,rw \
    cd /warren && mvn -B -ntp -q -Dmaven.repo.local=/m2 -pl sender-api initialize && \
    touch sender-api/target/classes/git.properties && cp sender-api/target/classes/git.properties /

FROM build AS layers
ARG MODULE
RUN java -Djarmode=tools -jar $MODULE/target/$MODULE.jar extract --layers --destination /layers \
    --application-filename app.jar

FROM eclipse-temurin:25-jre AS application
WORKDIR /app
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./

# By the very JVM, with the collector and at the path that it will run with, or the cache is not used. The heap is set
# because one above 32 GB, a share of a big machine, would not fit either.
FROM application AS training
ARG GC=Serial
RUN printf '%s\n' -XX:+Use${GC}GC -XX:MaxRAMPercentage=50 -XX:+ExitOnOutOfMemoryError >java.options && \
    java @java.options -Xmx256m -Xlog:disable -Xlog:all=error -XX:AOTCacheOutput=app.aot \
      -Dspring.context.exit=onRefresh -jar app.jar

FROM application
COPY --from=training /app/java.options /app/app.aot ./
COPY --from=commit /git.properties ./
# A new volume takes over its owner.
RUN install -d -m 700 -o 10001 -g 10001 /ledger
ENV SPRING_INFO_GIT_LOCATION=file:/app/git.properties
USER 10001:10001
ENTRYPOINT ["java", "@java.options", "-XX:AOTCache=app.aot", "-jar", "app.jar"]
