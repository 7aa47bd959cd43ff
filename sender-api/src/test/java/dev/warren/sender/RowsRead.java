package dev.warren.sender;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Connections that ask the database, before each prepared statement, how many rows it reads: by
 * EXPLAIN ANALYZE, which does it, and is rolled back.
 */
final class RowsRead extends DelegatingDataSource {

  private static final Pattern H2_COUNT = Pattern.compile("scanCount: (\\d+)");

  private long most;

  RowsRead(DataSource source) {
    super(source);
  }

  /** By any one statement since this was last asked. */
  long most() {
    var rows = most;
    most = 0;
    return rows;
  }

  @Override
  public Connection getConnection() throws SQLException {
    var connection = super.getConnection();
    return proxy(
        Connection.class,
        (proxy, method, arguments) -> {
          var result = invoke(connection, method, arguments);
          return method.getName().equals("prepareStatement")
              ? counted(connection, (PreparedStatement) result, (String) arguments[0])
              : result;
        });
  }

  private PreparedStatement counted(
      Connection connection, PreparedStatement statement, String sql) {
    var parameters = new ArrayList<Call>();
    return proxy(
        PreparedStatement.class,
        (proxy, method, arguments) -> {
          if (method.getName().startsWith("set") && arguments.length > 1) {
            parameters.add(new Call(method, arguments));
          } else if (method.getName().matches("executeQuery|executeUpdate|addBatch")) {
            most = Math.max(most, rows(connection, sql, parameters));
            parameters.clear();
          }
          return invoke(statement, method, arguments);
        });
  }

  private record Call(Method method, Object[] arguments) {}

  private static long rows(Connection connection, String sql, List<Call> parameters)
      throws Throwable {
    var alone = connection.getAutoCommit();
    connection.setAutoCommit(false);
    var before = connection.setSavepoint();
    var isH2 = connection.getMetaData().getURL().startsWith("jdbc:h2:");
    var explain = isH2 ? "EXPLAIN ANALYZE " : "EXPLAIN (ANALYZE, FORMAT JSON) ";
    try (var statement = connection.prepareStatement(explain + sql)) {
      for (var each : parameters) {
        invoke(statement, each.method, each.arguments);
      }
      var plan = statement.executeQuery();
      plan.next();
      var text = plan.getString(1);
      return isH2 ? h2Rows(text) : postgresRows(JsonMapper.shared().readTree(text));
    } finally {
      connection.rollback(before);
      connection.setAutoCommit(alone);
    }
  }

  private static long h2Rows(String plan) {
    return H2_COUNT.matcher(plan).results().mapToLong(each -> Long.parseLong(each.group(1))).sum();
  }

  private static long postgresRows(JsonNode plan) {
    var rows = 0L;
    if (plan.has("Relation Name")) {
      rows +=
          plan.path("Actual Loops").asLong()
              * (plan.path("Actual Rows").asLong()
                  + plan.path("Rows Removed by Filter").asLong()
                  + plan.path("Rows Removed by Index Recheck").asLong());
    }
    for (var part : plan) {
      rows += postgresRows(part);
    }
    return rows;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(RowsRead.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
