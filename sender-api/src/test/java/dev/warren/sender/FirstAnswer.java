package dev.warren.sender;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** Of a call by gRPC: the first of its answers, or its failure. */
public record FirstAnswer<T>(CompletableFuture<T> future) implements StreamObserver<T> {

  @Override
  public void onNext(T value) {
    future.complete(value);
  }

  @Override
  public void onError(Throwable failure) {
    future.completeExceptionally(failure);
  }

  @Override
  public void onCompleted() {}
}
