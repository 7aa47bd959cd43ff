package dev.warren.sender.problems;

import java.util.Locale;

/** The kinds of problems, each with its stable URI and its HTTP status. */
public enum ProblemType {
  INVALID_REQUEST(400, "The request breaks a rule of its fields"),
  MALFORMED_JSON(400, "The body is not one JSON object in UTF-8"),
  BAD_REQUEST(400, "The request is not HTTP that this server understands"),
  KEY_NEEDED(401, "An API key is needed"),
  KEY_UNKNOWN(401, "The API key is not known here"),
  SCOPE_TOO_SMALL(403, "The API key does not allow this"),
  NOT_FOUND(404, "There is nothing here"),
  UNKNOWN_TYPE(404, "No such type of task is known here"),
  UNKNOWN_QUEUE(404, "There is no such queue"),
  METHOD_NOT_ALLOWED(405, "The method is not offered here"),
  NOT_ACCEPTABLE(406, "None of the accepted media types is offered"),
  REQUEST_TIMEOUT(408, "The body did not arrive in time"),
  NOT_DEAD(409, "Only a dead task is replayed"),
  ALREADY_FINISHED(409, "The task has ended"),
  NOT_FINISHED(409, "The task is not finished"),
  KEY_EXISTS(409, "There is or was an API key of this name"),
  ADMIN_KEY_NEEDED(409, "There must be an admin key"),
  IN_FLIGHT(409, "The first request with this key is not answered yet"),
  TASK_ID_TAKEN(409, "There is a task with this id"),
  ERASED(410, "The task's payload is erased"),
  CONTENT_TOO_LARGE(413, "The body is too large"),
  UNSUPPORTED_MEDIA_TYPE(415, "The body is of a media type that is not taken"),
  KEY_REUSED(422, "The Idempotency-Key belongs to another request"),
  CALL_FAILED(422, "The task failed"),
  CALL_CANCELLED(422, "The task was cancelled"),
  CALL_EXPIRED(422, "The task's time was over before it was done"),
  INTERNAL_ERROR(500, "Something failed here"),
  BROKER_UNAVAILABLE(503, "The broker is not available"),
  BROKER_BLOCKED(503, "The broker is out of memory or disk"),
  QUEUE_REFUSED(503, "The queue refused the task"),
  UNROUTABLE(503, "The queue is not there"),
  OVERLOADED(503, "Too many requests wait for the broker"),
  KEYS_UNAVAILABLE(503, "The API keys are not available"),
  LEDGER_UNAVAILABLE(503, "The ledger is not available"),
  LEDGER_BEHIND(503, "The ledger has not caught up yet"),
  TOO_MANY_LISTENERS(503, "Too many listen to events already"),
  UNCONFIRMED(504, "The broker did not confirm the task");

  private final int status;
  private final String title;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
  }

  /** Stable: what clients may compare. */
  public String uri() {
    return "urn:warren:problem:" + code();
  }

  /** The last part of the URI; also the {@code reason} of the metric of refused tasks. */
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }
}
