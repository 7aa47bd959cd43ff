package dev.warren.worker.handlers.directory;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.warren.contract.directory.SearchResult.Person;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeopleTest {

  private static final People PEOPLE = People.of("people.csv");

  @AfterAll
  static void close() {
    PEOPLE.close();
  }

  @ParameterizedTest
  @CsvSource({
    "joao, João Pereira; João Silva",
    "João, João Pereira; João Silva",
    "joa\u0303o, João Pereira; João Silva",
    "JOÃO sIlVa, João Silva",
    "'silva,joao', João Silva",
    "silva, João Silva; Vera Silva; Zoë da Silva",
    "%joao_, João Pereira; João Silva",
    "joao joao, João Pereira; João Silva",
    "jo s, Joana Simões; John Smith; João Silva",
    "jorg weiss, Jörg Weiß",
    "GROß, Jürgen Groß",
    "soren AEGI, Søren Ægidius",
    "lukasz, Łukasz Wójcik",
    "DORDE, Đorđe Petrović",
    "cagla yilmaz, Çağla Yılmaz",
    "ÇAĞLA YILMAZ, Çağla Yılmaz",
    "loeillet, Sébastien Lœillet",
    "thorsson, Ólafur Þórsson",
    "nguyen van an, Nguyễn Văn An",
    "ΝΙΚΟΣ, Νίκος Παπαδόπουλος",
    "νικοσ, Νίκος Παπαδόπουλος",
    "jose, José María Peña; María-José Ibáñez",
    "o brien, Chloë O'Brien",
    "o'brien, Chloë O'Brien",
    "brien, Chloë O'Brien",
  })
  void areFound_whateverTheAccentsAndTheCase(String name, String found) {
    assertThat(names(name)).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nobody",
        "oao",
        "silva nobody",
        "%",
        "_",
        "jo%o",
        "jo_o",
        "'",
        "' OR ''='",
        "\\",
        "\u0000",
        "\uffff",
        "\ud83d\udc07",
        "..."
      })
  void areNotFound_byAnythingElse(String name) {
    assertThat(PEOPLE.named(name, 100)).isEmpty();
  }

  @Test
  void haveAnAgeAndACity() {
    assertThat(PEOPLE.named("joao silva", 100))
        .containsExactly(new Person("João Silva", 48, "Rio de Janeiro"));
  }

  @Test
  void areFoundUpToALimit() {
    assertThat(PEOPLE.named("silva", 2)).hasSize(2);
  }

  @Test
  void bearALongName() {
    var words = "a b c d e f g h i j k l m n o p q r s t u v w x y z ".repeat(3);

    assertThat(PEOPLE.named(words, 100)).isEmpty();
    assertThat(PEOPLE.named("x".repeat(200), 100)).isEmpty();
    assertThat(PEOPLE.named("\ufdfa".repeat(200), 100)).isEmpty();
  }

  private static String names(String name) {
    return PEOPLE.named(name, 100).stream().map(Person::name).collect(joining("; "));
  }
}
