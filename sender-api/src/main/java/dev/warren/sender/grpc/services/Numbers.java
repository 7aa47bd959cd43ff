package dev.warren.sender.grpc.services;

import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A payload of numbers, each the very text that the client has sent. */
final class Numbers {

  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9]\\d*+)(?:\\.\\d++)?(?:[eE][+-]?\\d++)?");

  /** No parser of JSON takes a longer one. */
  private static final int MAX_LENGTH = 1000;

  private final List<String> members = new ArrayList<>();
  private final Faults faults = new Faults();

  Numbers with(String name, String number) {
    members.add("\"" + name + "\":" + checked(name, number));
    return this;
  }

  Numbers with(String name, List<String> numbers) {
    var all = new StringBuilder();
    for (var index = 0; index < numbers.size(); index++) {
      all.append(index == 0 ? "" : ",");
      all.append(checked(name + "[" + index + "]", numbers.get(index)));
    }
    members.add("\"" + name + "\":[" + all + "]");
    return this;
  }

  private String checked(String name, String number) {
    if (number.isEmpty()) {
      faults.add(name, "is missing");
    } else if (number.length() > MAX_LENGTH || !NUMBER.matcher(number).matches()) {
      faults.add(name, "must be a number as JSON writes it, such as -12.5e3");
    }
    return number;
  }

  /**
   * @throws RequestRefused where one of them is none
   */
  String json() {
    faults.refuseIfAny();
    return "{" + String.join(",", members) + "}";
  }
}
