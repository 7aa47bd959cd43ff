package dev.warren.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.warren.sender.ledger.Endings;
import dev.warren.sender.ledger.EventLog;
import dev.warren.sender.ledger.TaskStore;
import dev.warren.sender.publishing.TaskPublisher;
import dev.warren.testbroker.VirtualHost;
import dev.warren.testdatabase.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The application's connections to a broker and a database, without the jobs that use them: a test
 * takes each step of these by itself.
 */
public final class LedgerSlice implements AutoCloseable {

  private final ConfigurableApplicationContext context;

  private LedgerSlice(ConfigurableApplicationContext context) {
    this.context = context;
  }

  public static LedgerSlice on(VirtualHost vhost, TestDatabase database, String... properties) {
    var arguments = new ArrayList<String>();
    arguments.add("--RABBITMQ_URI=" + vhost.uriOf("sender-api"));
    arguments.add("--spring.datasource.url=" + database.jdbcUrl());
    arguments.add("--spring.datasource.username=" + database.username());
    arguments.add("--spring.datasource.password=" + database.password());
    arguments.add("--management.endpoint.health.validate-group-membership=false"); // few are here
    arguments.addAll(List.of(properties));
    var application = new SpringApplicationBuilder(Slice.class).web(WebApplicationType.NONE);
    return new LedgerSlice(application.run(arguments.toArray(String[]::new)));
  }

  /** Waits for the broker. */
  public LedgerSlice ready() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(120))
        .until(() -> bean(TaskPublisher.class).obstacle() == null);
    return this;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public JdbcClient jdbc() {
    return bean(JdbcClient.class);
  }

  public NamedParameterJdbcTemplate batches() {
    return bean(NamedParameterJdbcTemplate.class);
  }

  public TransactionTemplate transaction() {
    return bean(TransactionTemplate.class);
  }

  /** By the database's clock. */
  public OffsetDateTime now() {
    return jdbc().sql("SELECT CURRENT_TIMESTAMP").query(OffsetDateTime.class).single();
  }

  /** A task as the ledger would have it; of queue {@code default}, in its first execution. */
  public void insert(String id, Map<String, Object> columns) {
    var row = new LinkedHashMap<String, Object>();
    row.put("id", id);
    row.put("type", "message");
    row.put("queue", "default");
    row.put("position", 1L);
    row.put("round", 1);
    row.put("attempt", 1);
    row.put("dispatch", 1);
    row.put("created_at", Instant.parse("2026-01-01T00:00:00Z").atOffset(ZoneOffset.UTC));
    row.put("payload", "{}".getBytes(UTF_8));
    row.put("erased", false);
    row.putAll(columns);
    insertInto("task", row);
  }

  public void insertInto(String table, Map<String, Object> row) {
    var names = String.join(", ", row.keySet());
    var values = ":" + String.join(", :", row.keySet());
    jdbc()
        .sql("INSERT INTO " + table + " (" + names + ") VALUES (" + values + ")")
        .params(row)
        .update();
  }

  public Map<String, Object> row(String id) {
    return jdbc().sql("SELECT * FROM task WHERE id = :id").param("id", id).query().singleRow();
  }

  public String state(String id) {
    return (String) row(id).get("state");
  }

  public OffsetDateTime time(String id, String column) {
    return jdbc()
        .sql("SELECT " + column + " FROM task WHERE id = :id")
        .param("id", id)
        .query((row, number) -> row.getObject(1, OffsetDateTime.class))
        .single();
  }

  @Override
  public void close() {
    context.close();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @ComponentScan({"dev.warren.sender.publishing", "dev.warren.sender.consuming"})
  @ConfigurationPropertiesScan({"dev.warren.sender.publishing", "dev.warren.sender.consuming"})
  @Import({TaskStore.class, Endings.class, EventLog.class})
  static class Slice {}
}
