package dev.warren.worker.handlers.directory;

import dev.warren.contract.directory.SearchResult.Person;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.tools.Csv;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The people of the directory, in a database of this process. */
final class People implements AutoCloseable {

  /** The words of the names beside them, as they are compared: the index serves any of them. */
  private static final String SCHEMA =
      """
      CREATE TABLE person (
        id INT PRIMARY KEY,
        name VARCHAR NOT NULL,
        age INT NOT NULL,
        city VARCHAR NOT NULL);
      CREATE TABLE name_word (
        word VARCHAR NOT NULL,
        person INT NOT NULL REFERENCES person,
        PRIMARY KEY (word, person));
      """;

  /** Kept while nobody is connected, and to the end of a drain. */
  private static final String SETTINGS = ";DB_CLOSE_DELAY=-1;DB_CLOSE_ON_EXIT=FALSE";

  private static final String BEGINS =
      "id IN (SELECT person FROM name_word WHERE word >= ? AND word < ?)";

  private final JdbcConnectionPool connections;
  private final JdbcClient database;

  private People() {
    var name = "people-" + UUID.randomUUID();
    connections = JdbcConnectionPool.create("jdbc:h2:mem:" + name + SETTINGS, "", "");
    database = JdbcClient.create(connections);
    database.sql(SCHEMA).update();
  }

  /**
   * Those of a file.
   *
   * @param resource beside this class: CSV in UTF-8 with the columns name, age and city
   */
  static People of(String resource) {
    var people = new People();
    try (var file = Objects.requireNonNull(People.class.getResourceAsStream(resource), resource);
        var rows = new Csv().read(new InputStreamReader(file, StandardCharsets.UTF_8), null)) {
      for (var id = 1; rows.next(); id++) {
        var age = Integer.parseInt(rows.getString("age"));
        people.add(id, new Person(rows.getString("name"), age, rows.getString("city")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return people;
  }

  private void add(int id, Person person) {
    database
        .sql("INSERT INTO person (id, name, age, city) VALUES (?, ?, ?, ?)")
        .params(id, person.name(), person.age(), person.city())
        .update();
    for (var word : NameWords.of(person.name())) {
      database.sql("INSERT INTO name_word (word, person) VALUES (?, ?)").params(word, id).update();
    }
  }

  /**
   * Those in whose name each word of this one begins a word; by name.
   *
   * @param max at most so many
   */
  List<Person> named(String name, int max) {
    var words = NameWords.of(name);
    if (words.isEmpty()) {
      return List.of();
    }
    var bounds = new ArrayList<Object>();
    for (var word : words) {
      bounds.add(word);
      bounds.add(word + Character.MAX_VALUE);
    }
    var conditions = String.join(" AND ", Collections.nCopies(words.size(), BEGINS));
    return database
        .sql(
            "SELECT name, age, city FROM person WHERE "
                + conditions
                + " ORDER BY name, id LIMIT "
                + max)
        .params(bounds)
        .query(Person.class)
        .list();
  }

  @Override
  public void close() {
    connections.dispose();
  }
}
