package dev.warren.sender.grpc;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.stereotype.Component;

/**
 * A few, since no call that waits holds one; also for answers, which the event loop must not make.
 */
@Component
public final class CallThreads implements GrpcServerExecutorProvider, DisposableBean {

  private static final int THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  private final ExecutorService threads =
      Executors.newFixedThreadPool(THREADS, task -> new Thread(task, "grpc"));

  @Override
  public Executor getExecutor() {
    return threads;
  }

  @Override
  public void destroy() {
    threads.shutdown();
  }
}
