package dev.warren.worker.handlers.directory;

import dev.warren.contract.TaskType;
import dev.warren.contract.TaskTypes;
import dev.warren.contract.directory.SearchPayload;
import dev.warren.contract.directory.SearchResult;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;

/** Finds people by their names. */
final class SearchHandler implements TaskHandler<SearchPayload, SearchResult> {

  private final People people;

  SearchHandler(People people) {
    this.people = people;
  }

  @Override
  public TaskType<SearchPayload, SearchResult> type() {
    return TaskTypes.SEARCH;
  }

  @Override
  public String describe(SearchPayload payload) {
    return payload.name();
  }

  @Override
  public SearchResult handle(SearchPayload payload, TaskContext context) {
    return new SearchResult(people.named(payload.name(), SearchResult.MAX_MATCHES));
  }
}
