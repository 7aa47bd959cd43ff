package dev.warren.worker.handlers.directory;

import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Words as they are compared: without accents and case. */
final class NameWords {

  private static final Pattern MARKS = Pattern.compile("\\p{M}+");
  private static final Pattern BETWEEN_WORDS = Pattern.compile("[^\\p{L}\\p{N}]+");

  /** What Unicode takes for letters of their own, and most people for letters with something. */
  private static final Map<Character, String> LETTERS =
      Map.ofEntries(
          Map.entry('ø', "o"),
          Map.entry('đ', "d"),
          Map.entry('ð', "d"),
          Map.entry('ħ', "h"),
          Map.entry('ı', "i"),
          Map.entry('ł', "l"),
          Map.entry('ŧ', "t"),
          Map.entry('þ', "th"),
          Map.entry('æ', "ae"),
          Map.entry('œ', "oe"),
          Map.entry('ς', "σ"));

  private NameWords() {}

  /** Of a name, each once. */
  static Set<String> of(String name) {
    return BETWEEN_WORDS
        .splitAsStream(folded(name))
        .filter(word -> !word.isEmpty())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String folded(String text) {
    var bare = MARKS.matcher(Normalizer.normalize(text, Form.NFKD)).replaceAll("");
    var lower = bare.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT); // for the sake of ß
    var folded = new StringBuilder(lower.length());
    for (var letter : lower.toCharArray()) {
      folded.append(LETTERS.getOrDefault(letter, String.valueOf(letter)));
    }
    return folded.toString();
  }
}
