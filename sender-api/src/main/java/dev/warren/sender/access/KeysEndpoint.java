package dev.warren.sender.access;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.warren.sender.access.KeyStore.Row;
import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.problems.Problem;
import dev.warren.sender.problems.ProblemType;
import dev.warren.sender.problems.RequestRefused;
import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.requests.Faults;
import dev.warren.sender.requests.Fields;
import dev.warren.sender.requests.JsonBody;
import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/keys}: makes keys, lists and revokes them. */
@RestController
final class KeysEndpoint {

  private static final Logger log = LoggerFactory.getLogger(KeysEndpoint.class);

  static final String PATH = "/v1/keys";

  private static final String EXAMPLE = "{\"name\": \"shop\", \"scope\": \"submit read\"}";

  private final KeyStore store;
  private final KnownKeys known;
  private final LedgerReads ledger;

  KeysEndpoint(KeyStore store, KnownKeys known, LedgerReads ledger) {
    this.store = store;
    this.known = known;
    this.ledger = ledger;
  }

  /** What is asked for. */
  private record Order(String name, Set<Scope> scopes) {

    static Order parse(byte[] body) {
      var faults = new Faults();
      var fields = Fields.of(JsonBody.fieldsOf(body, EXAMPLE), Set.of("name", "scope"), faults);
      var name = fields.text("name");
      var scope = fields.text("scope");
      if (name == null || !ApiKey.isName(name)) {
        fields.fault(
            "name",
            "must be 1 to 64 letters, digits, dots, underscores, hyphens and @, a letter or digit"
                + " first, and not that of the environment's key");
      }
      var scopes = scope == null ? null : Scope.parse(scope).orElse(null);
      if (scopes == null) {
        fields.fault("scope", "must be submit, read, both with a space between them, or admin");
      }
      faults.refuseIfAny();
      return new Order(requireNonNull(name), requireNonNull(scopes));
    }
  }

  /**
   * A key that was just made.
   *
   * @param key its text, told only now
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Made(
      String name, String scope, Instant createdAt, @Nullable String createdBy, String key) {}

  /** All that are there or were, the oldest first. */
  record Keys(List<ApiKey> data) {}

  /** How many there were. */
  record Forgotten(int count) {}

  @PostMapping(PATH)
  CompletableFuture<ResponseEntity<Made>> make(HttpServletRequest request) {
    var order = Order.parse(BodyFilter.bodyOf(request));
    var maker = Caller.nameOf(request);
    return ledger
        .work(() -> make(order, maker))
        .thenApply(
            made ->
                ResponseEntity.status(HttpStatus.CREATED)
                    .cacheControl(CacheControl.noStore())
                    .body(made));
  }

  private Made make(Order order, @Nullable String maker) {
    if (!order.scopes().contains(Scope.ADMIN) && !hasAdmin()) {
      throw refused(
          ProblemType.ADMIN_KEY_NEEDED,
          "Make a key of the scope admin first: with the first key the API closes, and nobody could"
              + " make another one.");
    }
    var key = KeyText.random();
    if (!store.add(order.name(), order.scopes(), KeyText.hashOf(key), maker)) {
      throw refused(
          ProblemType.KEY_EXISTS,
          "Take another name: tasks are known by it, also those of a revoked key.");
    }
    known.look();
    log.info(
        "key {} ({}) was made by {}", order.name(), Scope.text(order.scopes()), orAnybody(maker));
    var row = store.find(order.name()).orElseThrow();
    return new Made(row.name(), row.scope(), row.createdAt(), row.createdBy(), key);
  }

  private boolean hasAdmin() {
    return known.hasAdminKeyOfEnvironment() || store.hasAdmin();
  }

  @GetMapping(PATH)
  CompletableFuture<Keys> list(HttpServletRequest request) {
    Parameters.of(request, Set.of()).refuseFaults();
    return ledger.read(() -> new Keys(store.all().stream().map(Row::key).toList()));
  }

  @DeleteMapping(PATH + "/{name}")
  CompletableFuture<ResponseEntity<Void>> revoke(
      @PathVariable String name, HttpServletRequest request) {
    var caller = Caller.nameOf(request);
    return ledger
        .work(() -> revoke(name, caller))
        .thenApply(done -> ResponseEntity.noContent().build());
  }

  private boolean revoke(String name, @Nullable String caller) {
    var key = ApiKey.isName(name) ? store.find(name) : null;
    if (key == null || key.isEmpty()) {
      throw refused(
          ProblemType.NOT_FOUND, "There is no key of this name; GET /v1/keys lists them.");
    }
    if (store.revoke(name, known.hasAdminKeyOfEnvironment())) {
      known.look();
      log.info("key {} was revoked by {}", name, orAnybody(caller));
    } else if (key.get().revokedAt() == null) {
      throw refused(
          ProblemType.ADMIN_KEY_NEEDED,
          "It is the last admin key. Make another one first; or forget all keys with DELETE"
              + " /v1/keys?all=true, which opens an API on loopback to everybody there.");
    }
    return true;
  }

  @DeleteMapping(PATH)
  CompletableFuture<Forgotten> forgetAll(HttpServletRequest request) {
    var parameters = Parameters.of(request, Set.of("all"));
    if (!parameters.flag("all")) {
      parameters.fault("all", "must be true, to forget all keys there are");
    }
    parameters.refuseFaults();
    var caller = Caller.nameOf(request);
    return ledger.work(() -> forgetAll(caller));
  }

  private Forgotten forgetAll(@Nullable String caller) {
    if (!known.canBeOpen() && !known.hasAdminKeyOfEnvironment()) {
      throw refused(
          ProblemType.ADMIN_KEY_NEEDED,
          "Nobody could use this API any more; start it with WARREN_ADMIN_KEY first.");
    }
    var count = store.forgetAll();
    known.look();
    log.info("all keys, {} of them, were forgotten by {}", count, orAnybody(caller));
    return new Forgotten(count);
  }

  private static String orAnybody(@Nullable String caller) {
    return requireNonNullElse(caller, "someone without a key");
  }

  private static RequestRefused refused(ProblemType type, String detail) {
    return new RequestRefused(Problem.of(type, detail));
  }
}
