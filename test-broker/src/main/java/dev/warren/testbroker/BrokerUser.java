package dev.warren.testbroker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A user of the broker, as an installation has it.
 *
 * @param configure names of what it may declare and delete: a regular expression, as the others
 */
record BrokerUser(String name, String tag, String configure, String write, String read) {

  /** Those of {@code scripts/lib/broker-users.txt}. */
  static List<BrokerUser> all() {
    var file = Path.of("").toAbsolutePath().resolveSibling("scripts/lib/broker-users.txt");
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" +"))
          .map(each -> new BrokerUser(each[0], each[1].replace("-", ""), each[2], each[3], each[4]))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** With a name and a password of its own, as the management API takes it. */
  String definition(String ownName, String password) {
    return "{\"name\": \"%s\", \"password\": \"%s\", \"tags\": \"%s\"}"
        .formatted(ownName, password, tag);
  }

  /** In that virtual host, as the management API takes them. */
  String permissions(String ownName, String virtualHost) {
    return "{\"user\": \"%s\", \"vhost\": \"%s\", \"configure\": \"%s\", \"write\": \"%s\", \"read\": \"%s\"}"
        .formatted(
            ownName,
            virtualHost,
            pattern(configure, ownName),
            pattern(write, ownName),
            pattern(read, ownName));
  }

  private static String pattern(String expression, String ownName) {
    return expression.replace("NAME", ownName).replace("\\", "\\\\");
  }
}
