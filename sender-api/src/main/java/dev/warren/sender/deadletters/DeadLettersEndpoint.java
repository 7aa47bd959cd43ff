package dev.warren.sender.deadletters;

import dev.warren.sender.following.LedgerReads;
import dev.warren.sender.following.PageRequest;
import dev.warren.sender.following.TaskFilter;
import dev.warren.sender.following.TaskQueries;
import dev.warren.sender.requests.BodyFilter;
import dev.warren.sender.requests.Parameters;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/dead-letters}: the dead, many at once. */
@RestController
final class DeadLettersEndpoint {

  static final String REPLAY_PATH = "/v1/dead-letters/replay";

  private static final int SHOWN_IDS = 20;

  private final LedgerReads ledger;
  private final TaskQueries tasks;
  private final DeadGroups groups;
  private final Replays replays;
  private final Erasures erasures;

  DeadLettersEndpoint(
      LedgerReads ledger,
      TaskQueries tasks,
      DeadGroups groups,
      Replays replays,
      Erasures erasures) {
    this.ledger = ledger;
    this.tasks = tasks;
    this.groups = groups;
    this.replays = replays;
    this.erasures = erasures;
  }

  /**
   * What was done to many.
   *
   * @param ids the first of them
   * @param dryRun true where nothing was done
   */
  record Done(long count, List<String> ids, boolean dryRun) {}

  /** Groups are few, and have no pages. */
  record Groups(List<DeadGroups.Group> data) {}

  @GetMapping("/v1/dead-letters")
  CompletableFuture<?> list(HttpServletRequest request) {
    return request.getParameter("groupBy") == null ? page(request) : groups(request);
  }

  private CompletableFuture<?> page(HttpServletRequest request) {
    var parameters = Parameters.of(request, filterAnd(PageRequest.PARAMETERS, "groupBy"));
    var filter = TaskFilter.ofDead(parameters);
    var page = PageRequest.of(parameters);
    parameters.refuseFaults();
    return ledger.read(() -> tasks.list(filter, page));
  }

  private CompletableFuture<Groups> groups(HttpServletRequest request) {
    var parameters = Parameters.of(request, filterAnd(Set.of(), "groupBy"));
    parameters.text("groupBy", "fingerprint"::equals, "must be fingerprint, or left out");
    var filter = DeadFilters.of(TaskFilter.ofDead(parameters));
    parameters.refuseFaults();
    return ledger.read(() -> new Groups(groups.find(filter)));
  }

  @PostMapping(REPLAY_PATH)
  CompletableFuture<Done> replay(HttpServletRequest request) {
    var order = ReplayRequest.parse(BodyFilter.bodyOf(request));
    return ledger.work(() -> replay(order));
  }

  private Done replay(ReplayRequest order) {
    var ids = replays.firstIds(order.filter(), SHOWN_IDS);
    var count =
        order.dryRun()
            ? replays.count(order.filter())
            : replays.replay(order.filter(), order.ratePerSecond());
    return new Done(count, ids, order.dryRun());
  }

  @DeleteMapping("/v1/dead-letters")
  CompletableFuture<Done> erase(HttpServletRequest request) {
    var parameters = Parameters.of(request, filterAnd(Set.of("all"), "dryRun"));
    var filter = DeadFilters.of(TaskFilter.ofDead(parameters));
    var dryRun = parameters.flag("dryRun");
    if (!parameters.flag("all") && filter.equals(DeadFilter.ALL)) {
      parameters.fault("all", "must be true where no filter is given, to erase all there are");
    }
    parameters.refuseFaults();
    return ledger.work(() -> erase(filter, dryRun));
  }

  private Done erase(DeadFilter filter, boolean dryRun) {
    var ids = erasures.firstIds(filter, SHOWN_IDS);
    return new Done(dryRun ? erasures.count(filter) : erasures.erase(filter), ids, dryRun);
  }

  private static Set<String> filterAnd(Set<String> others, String other) {
    var known = new HashSet<>(TaskFilter.PARAMETERS);
    known.add("fingerprint");
    known.addAll(others);
    known.add(other);
    return known;
  }
}
