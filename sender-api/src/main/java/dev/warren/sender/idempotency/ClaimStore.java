package dev.warren.sender.idempotency;

import dev.warren.sender.idempotency.Claim.Standing;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The table {@code claim}; blocks. Who is the first is decided by an insert, who takes over by a
 * conditional update. Names are always locked in their order.
 */
final class ClaimStore {

  private static final String INSERT =
      """
      INSERT INTO claim (name, request, task_id, accepted_at, made_at, held_until, holder)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""";

  private static final String TAKE_OVER =
      """
      UPDATE claim SET request = ?, held_until = ?, holder = ?
      WHERE name = ? AND holder = ? AND held_until IS NOT NULL""";

  private static final String CONFIRM =
      """
      UPDATE claim SET held_until = NULL, confirmed_at = ?
      WHERE name = ? AND task_id = ? AND held_until IS NOT NULL""";

  private static final String RELEASE = "DELETE FROM claim WHERE name = ? AND holder = ?";

  private static final String LET_GO =
      "UPDATE claim SET held_until = made_at WHERE name = ? AND holder = ? AND held_until IS NOT"
          + " NULL";

  private final JdbcTemplate database;
  private final NamedParameterJdbcTemplate named;
  private final TransactionTemplate transaction;

  ClaimStore(JdbcTemplate database, TransactionTemplate transaction) {
    this.database = database;
    this.named = new NamedParameterJdbcTemplate(database);
    this.transaction = transaction;
  }

  /** What is to become of a claim. */
  record Settlement(Claim claim, Kind kind, @Nullable Instant confirmedAt) {

    enum Kind {
      /** The broker has the task. */
      CONFIRM,
      /** It was not published: as if it had never been claimed. */
      RELEASE,
      /** Nobody knows: the next one finds out. */
      LET_GO
    }
  }

  /** In their order. */
  List<Claim> claim(List<ClaimRequest> requests) {
    return Objects.requireNonNull(transaction.execute(status -> new Group(requests).claims()));
  }

  void settle(List<Settlement> settlements) {
    transaction.executeWithoutResult(
        status ->
            settlements.stream()
                .sorted(Comparator.comparing(each -> each.claim().name()))
                .forEach(this::settle));
  }

  private void settle(Settlement settlement) {
    var claim = settlement.claim();
    switch (settlement.kind()) {
      case CONFIRM ->
          database.update(CONFIRM, utc(settlement.confirmedAt()), claim.name(), claim.taskId());
      case RELEASE -> database.update(RELEASE, claim.name(), claim.holder());
      case LET_GO -> database.update(LET_GO, claim.name(), claim.holder());
    }
  }

  /** A row, which is another's. */
  Optional<Claim> find(String name, String content) {
    return Optional.ofNullable(rows(Set.of(name)).get(name))
        .map(
            row ->
                row.as(row.heldUntil == null ? Standing.CONFIRMED : Standing.IN_FLIGHT, content));
  }

  private Map<String, Row> rows(Collection<String> names) {
    var rows = new HashMap<String, Row>();
    if (!names.isEmpty()) {
      named.query(
          "SELECT name, request, task_id, accepted_at, held_until, holder, confirmed_at FROM claim"
              + " WHERE name IN (:names)",
          Map.of("names", names),
          row -> {
            rows.put(row.getString("name"), Row.of(row));
          });
    }
    return rows;
  }

  private static @Nullable OffsetDateTime utc(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  private record Row(
      String name,
      String content,
      String taskId,
      Instant acceptedAt,
      @Nullable Instant heldUntil,
      String holder,
      @Nullable Instant confirmedAt) {

    static Row of(ResultSet row) throws SQLException {
      return new Row(
          row.getString("name"),
          row.getString("request"),
          row.getString("task_id"),
          Objects.requireNonNull(instant(row, "accepted_at")),
          instant(row, "held_until"),
          row.getString("holder"),
          instant(row, "confirmed_at"));
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
      var time = row.getObject(column, OffsetDateTime.class);
      return time == null ? null : time.toInstant();
    }

    Claim as(Standing standing, String asked) {
      return new Claim(
          name, standing, content.equals(asked), taskId, acceptedAt, confirmedAt, holder);
    }
  }

  /** One transaction. */
  private final class Group {

    private final List<ClaimRequest> requests;
    private final String holder = UUID.randomUUID().toString();
    private final Instant now =
        Objects.requireNonNull(
                database.queryForObject("SELECT CURRENT_TIMESTAMP", OffsetDateTime.class))
            .toInstant();

    Group(List<ClaimRequest> requests) {
      this.requests = requests;
    }

    List<Claim> claims() {
      var inserted = insert();
      var taken = tasksThere(inserted);
      var rows =
          rows(
              requests.stream()
                  .filter(request -> !inserted.contains(request))
                  .map(ClaimRequest::name)
                  .toList());
      var claims = new IdentityHashMap<ClaimRequest, Claim>();
      for (var request : sorted()) {
        claims.put(
            request,
            inserted.contains(request)
                ? first(request, request.ofTask() && taken.contains(request.taskId()))
                : other(request, rows.get(request.name())));
      }
      return requests.stream().map(request -> Objects.requireNonNull(claims.get(request))).toList();
    }

    private List<ClaimRequest> sorted() {
      return requests.stream().sorted(Comparator.comparing(ClaimRequest::name)).toList();
    }

    private Set<ClaimRequest> insert() {
      var sorted = sorted();
      var rows =
          sorted.stream()
              .map(
                  each ->
                      new Object[] {
                        each.name(),
                        each.content(),
                        each.taskId(),
                        utc(each.acceptedAt()),
                        utc(now),
                        utc(now.plus(each.lease())),
                        holder
                      })
              .toList();
      var counts = database.batchUpdate(INSERT, rows);
      var inserted = new HashSet<ClaimRequest>();
      for (var i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          inserted.add(sorted.get(i));
        }
      }
      return inserted;
    }

    /**
     * An id may be that of a task which nobody has claimed, or so long ago that it is forgotten.
     */
    private Set<String> tasksThere(Set<ClaimRequest> inserted) {
      var ids = inserted.stream().filter(ClaimRequest::ofTask).map(ClaimRequest::taskId).toList();
      return ids.isEmpty()
          ? Set.of()
          : Set.copyOf(
              named.queryForList(
                  "SELECT id FROM task WHERE id IN (:ids)", Map.of("ids", ids), String.class));
    }

    private Claim first(ClaimRequest request, boolean isTaken) {
      if (isTaken) {
        database.update(CONFIRM, utc(now), request.name(), request.taskId());
      }
      return new Claim(
          request.name(),
          isTaken ? Standing.CONFIRMED : Standing.FRESH,
          !isTaken,
          request.taskId(),
          request.acceptedAt(),
          null,
          holder);
    }

    /**
     * @param row null where it was released this moment; it is free when it is asked for again
     */
    private Claim other(ClaimRequest request, @Nullable Row row) {
      if (row == null) {
        return new Claim(
            request.name(),
            Standing.IN_FLIGHT,
            false,
            request.taskId(),
            request.acceptedAt(),
            null,
            "");
      }
      var isOurs = row.content.equals(request.content());
      if (!isOurs && !request.ofTask()) {
        return row.as(Standing.OTHER_REQUEST, request.content());
      }
      if (row.heldUntil == null) {
        return row.as(Standing.CONFIRMED, request.content());
      }
      var isFree = !row.heldUntil.isAfter(now) || (isOurs && request.ofTask()); // by its key
      return isFree && takeOver(request, row)
          ? new Claim(
              row.name, Standing.TAKEN_OVER, isOurs, row.taskId, row.acceptedAt, null, holder)
          : row.as(Standing.IN_FLIGHT, request.content());
    }

    private boolean takeOver(ClaimRequest request, Row row) {
      var until = utc(now.plus(request.lease()));
      return database.update(TAKE_OVER, request.content(), until, holder, row.name, row.holder)
          == 1;
    }
  }
}
