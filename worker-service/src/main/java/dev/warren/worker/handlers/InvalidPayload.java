package dev.warren.worker.handlers;

/** A payload is not what its type asks for, and will not be at the next try either. */
public final class InvalidPayload extends Exception {

  public InvalidPayload(String problem) {
    super(problem);
  }
}
