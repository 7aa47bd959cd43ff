package dev.warren.sender;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.Flow.Subscription;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One who listens to server-sent events, until it hangs up or the server does. */
final class EventListener implements Flow.Subscriber<String> {

  /** What came; the id is null where it had none. */
  record Event(String id, String name, JsonNode data) {

    String taskId() {
      return data.get("taskId").asString();
    }
  }

  private final List<Event> events = new ArrayList<>();
  private final List<String> comments = new ArrayList<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private CompletableFuture<HttpResponse<Void>> answer;
  private Subscription subscription;
  private String id;
  private String name;
  private String data;

  /**
   * @param lastEventId null for none
   */
  static EventListener to(RunningSender sender, String path, String lastEventId) {
    var request = sender.to(path);
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    return to(sender, request);
  }

  static EventListener to(RunningSender sender, HttpRequest.Builder request) {
    var listener = new EventListener();
    listener.answer =
        sender.listen(
            request.header("Accept", "text/event-stream"),
            BodyHandlers.fromLineSubscriber(listener));
    return listener;
  }

  @Override
  public synchronized void onSubscribe(Subscription begun) {
    subscription = begun;
    begun.request(Long.MAX_VALUE);
  }

  @Override
  public synchronized void onNext(String line) {
    if (line.isEmpty() && name != null) {
      events.add(new Event(id, name, JsonMapper.shared().readTree(data)));
      id = null;
      name = null;
    } else if (line.startsWith(":")) {
      comments.add(line);
    } else if (line.startsWith("id: ")) {
      id = line.substring(4);
    } else if (line.startsWith("event: ")) {
      name = line.substring(7);
    } else if (line.startsWith("data: ")) {
      data = line.substring(6);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }

  /** Done when the server ends the stream as it should. */
  CompletableFuture<Void> end() {
    return end;
  }

  synchronized boolean isConnected() {
    return !comments.isEmpty();
  }

  synchronized boolean hasHeard(String comment) {
    return comments.contains(comment);
  }

  synchronized List<Event> events() {
    return List.copyOf(events);
  }

  List<String> names() {
    return events().stream().map(Event::name).toList();
  }

  List<String> ids() {
    return events().stream().map(Event::id).toList();
  }

  synchronized int count() {
    return events.size();
  }

  synchronized void hangUp() {
    if (subscription != null) {
      subscription.cancel();
    }
    answer.cancel(true);
  }
}
