package dev.warren.sender.ledger.database;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a statement one after the other, each as it fits its column. */
public final class Columns {

  /** What most columns of text hold. */
  public static final int TEXT = 255;

  public static final int ERROR_MESSAGE = 4000;

  /** Of progress. */
  public static final int NOTE = 1000;

  private final PreparedStatement statement;
  private int index;

  Columns(PreparedStatement statement) {
    this.statement = statement;
  }

  public Columns text(@Nullable String value, int length) throws SQLException {
    statement.setString(++index, value == null ? null : Text.fit(value, length));
    return this;
  }

  public Columns text(@Nullable String value) throws SQLException {
    return text(value, TEXT);
  }

  public Columns time(@Nullable Instant value) throws SQLException {
    if (value == null) {
      statement.setNull(++index, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setObject(++index, Times.fit(value).atOffset(ZoneOffset.UTC));
    }
    return this;
  }

  public Columns whole(@Nullable Integer value) throws SQLException {
    if (value == null) {
      statement.setNull(++index, Types.INTEGER);
    } else {
      statement.setInt(++index, value);
    }
    return this;
  }

  public Columns big(long value) throws SQLException {
    statement.setLong(++index, value);
    return this;
  }

  public Columns millis(@Nullable Duration value) throws SQLException {
    if (value == null) {
      statement.setNull(++index, Types.BIGINT);
    } else {
      statement.setLong(++index, value.toMillis());
    }
    return this;
  }

  public Columns number(@Nullable Double value) throws SQLException {
    if (value == null) {
      statement.setNull(++index, Types.DOUBLE);
    } else {
      statement.setDouble(++index, value);
    }
    return this;
  }

  public Columns flag(boolean value) throws SQLException {
    statement.setBoolean(++index, value);
    return this;
  }

  public Columns bytes(byte @Nullable [] value) throws SQLException {
    if (value == null) {
      statement.setNull(++index, Types.VARBINARY);
    } else {
      statement.setBytes(++index, value);
    }
    return this;
  }
}
