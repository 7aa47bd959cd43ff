package dev.warren.cli.output;

import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A result as a person reads it: its value, its rows, its fields, or else as JSON. */
public final class Results {

  /** A number of more digits is written with an exponent. */
  private static final int MAX_PLAIN_DIGITS = 100;

  private Results() {}

  public static String text(JsonNode result) {
    if (result.isValueNode()) {
      return scalar(result);
    }
    if (result.isObject() && result.size() == 1) {
      var only = result.properties().iterator().next();
      if (only.getValue().isValueNode()) {
        return scalar(only.getValue());
      }
      if (isRows(only.getValue())) {
        return rows(PlainText.of(only.getKey()), only.getValue());
      }
    }
    if (isRows(result)) {
      return rows("results", result);
    }
    return isFlat(result) ? fields(result) : PlainText.ofJson(Json.pretty(result));
  }

  private static boolean isRows(JsonNode node) {
    return node.isArray() && elements(node).allMatch(row -> row.isObject() && isFlat(row));
  }

  private static boolean isFlat(JsonNode node) {
    return node.isObject() && !node.isEmpty() && elements(node).allMatch(JsonNode::isValueNode);
  }

  private static Stream<JsonNode> elements(JsonNode node) {
    return StreamSupport.stream(node.spliterator(), false);
  }

  private static String rows(String what, JsonNode rows) {
    if (rows.isEmpty()) {
      return "no " + what;
    }
    var columns = new LinkedHashSet<String>();
    rows.forEach(row -> columns.addAll(row.propertyNames()));
    var table = new Table(columns.stream().map(PlainText::of).toArray(String[]::new));
    rows.forEach(
        row ->
            table.row(columns.stream().map(name -> scalar(row.get(name))).toArray(String[]::new)));
    return table.text();
  }

  private static String fields(JsonNode result) {
    var table = new Table("", "");
    result.properties().forEach(field -> table.row(field.getKey(), scalar(field.getValue())));
    return table.text().stripLeading();
  }

  private static String scalar(@Nullable JsonNode value) {
    if (value == null) {
      return "";
    }
    return value.isNumber() ? number(value.decimalValue()) : PlainText.of(value.asString());
  }

  private static String number(BigDecimal number) {
    return Math.abs((long) number.precision() - number.scale()) < MAX_PLAIN_DIGITS
            && Math.abs((long) number.scale()) < MAX_PLAIN_DIGITS
        ? number.toPlainString()
        : number.toString();
  }
}
