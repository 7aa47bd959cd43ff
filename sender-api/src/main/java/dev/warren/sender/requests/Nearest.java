package dev.warren.sender.requests;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds what someone may have meant. */
public final class Nearest {

  private static final int SHOWN = 3;

  private Nearest() {}

  /** Those that need the fewest keystrokes to become it, the nearest first. */
  public static String to(String name, Collection<String> known) {
    return String.join(", ", nearest(name, known));
  }

  private static List<String> nearest(String name, Collection<String> known) {
    return known.stream()
        .sorted(
            Comparator.<String>comparingInt(each -> distance(name, each))
                .thenComparing(each -> each))
        .limit(SHOWN)
        .toList();
  }

  /** Levenshtein's. */
  private static int distance(String from, String to) {
    var row = new int[to.length() + 1];
    for (var j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (var i = 1; i <= from.length(); i++) {
      var diagonal = row[0];
      row[0] = i;
      for (var j = 1; j <= to.length(); j++) {
        var replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
