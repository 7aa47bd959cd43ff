package dev.warren.sender.ledger;

import java.util.Collection;
import java.util.Map;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Finds among tasks that have ended those that a foreign caller waits for. Their own copy tells
 * whom to answer: where it has not come yet, they are looked at again when it comes.
 */
@Component
public final class Endings {

  private static final String ANSWERABLE =
      "SELECT id FROM task WHERE id IN (:ids) AND reply_to IS NOT NULL AND payload IS NOT NULL"
          + " AND state IN "
          + TaskRows.TERMINAL
          + " ORDER BY id";

  private final NamedParameterJdbcTemplate database;
  private final ApplicationEventPublisher listeners;

  Endings(JdbcTemplate database, ApplicationEventPublisher listeners) {
    this.database = new NamedParameterJdbcTemplate(database);
    this.listeners = listeners;
  }

  /** These have ended in the current transaction, or may have before. */
  public void note(Collection<String> ids) {
    if (ids.isEmpty()) {
      return;
    }
    var due = database.queryForList(ANSWERABLE, Map.of("ids", ids), String.class);
    if (!due.isEmpty()) {
      listeners.publishEvent(new RepliesDue(due));
    }
  }
}
