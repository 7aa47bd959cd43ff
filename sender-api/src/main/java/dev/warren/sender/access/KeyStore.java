package dev.warren.sender.access;

import dev.warren.sender.ledger.TaskRows;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The keys in the ledger's database; blocks. */
final class KeyStore {

  private static final String COLUMNS = "name, scope, created_at, created_by, revoked_at";

  private static final String IS_ADMIN = "scope = 'admin' AND revoked_at IS NULL";

  private final JdbcClient database;

  KeyStore(JdbcClient database) {
    this.database = database;
  }

  /** A key with what its text is known by. */
  record Row(ApiKey key, byte[] hash) {

    static Row of(ResultSet row, int number) throws SQLException {
      return new Row(keyOf(row, number), HexFormat.of().parseHex(row.getString("hash")));
    }
  }

  private static ApiKey keyOf(ResultSet row, int number) throws SQLException {
    return new ApiKey(
        row.getString("name"),
        row.getString("scope"),
        Objects.requireNonNull(TaskRows.instant(row, "created_at")),
        row.getString("created_by"),
        TaskRows.instant(row, "revoked_at"));
  }

  /** All there ever were, the oldest first. */
  List<Row> all() {
    return database
        .sql("SELECT " + COLUMNS + ", hash FROM api_key ORDER BY created_at, name")
        .query(Row::of)
        .list();
  }

  /** Empty where there is none, nor was one. */
  Optional<ApiKey> find(String name) {
    return database
        .sql("SELECT " + COLUMNS + " FROM api_key WHERE name = :name")
        .param("name", name)
        .query(KeyStore::keyOf)
        .optional();
  }

  /** Whether one of these keys opens everything. */
  boolean hasAdmin() {
    return database
        .sql("SELECT COUNT(*) FROM api_key WHERE " + IS_ADMIN)
        .query((row, number) -> row.getLong(1) > 0)
        .single();
  }

  /** Whether it was added: not where the name is taken. */
  boolean add(String name, Set<Scope> scopes, byte[] hash, @Nullable String createdBy) {
    return database
            .sql(
                """
                INSERT INTO api_key (name, hash, scope, created_at, created_by)
                VALUES (:name, :hash, :scope, CURRENT_TIMESTAMP, :createdBy)
                ON CONFLICT DO NOTHING""")
            .param("name", name)
            .param("hash", HexFormat.of().formatHex(hash))
            .param("scope", Scope.text(scopes))
            .param("createdBy", createdBy)
            .update()
        > 0;
  }

  /**
   * Whether it was in use until now.
   *
   * @param lastAdminToo whether it may be the last one that opens everything
   */
  boolean revoke(String name, boolean lastAdminToo) {
    return database
            .sql(
                """
                UPDATE api_key SET revoked_at = CURRENT_TIMESTAMP
                WHERE name = :name AND revoked_at IS NULL AND (:lastAdminToo OR scope <> 'admin'
                  OR EXISTS (SELECT 1 FROM api_key other
                             WHERE other.name <> :name AND other.%s))"""
                    .formatted(IS_ADMIN.replace("AND ", "AND other.")))
            .param("name", name)
            .param("lastAdminToo", lastAdminToo)
            .update()
        > 0;
  }

  /** As if none had ever been made; answers how many there were. */
  int forgetAll() {
    return database.sql("DELETE FROM api_key").update();
  }
}
