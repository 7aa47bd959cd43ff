package dev.warren.worker;

import dev.warren.contract.RetryPolicy;
import dev.warren.contract.TaskType;
import dev.warren.worker.handlers.PermanentFailure;
import dev.warren.worker.handlers.RetryAfter;
import dev.warren.worker.handlers.TaskContext;
import dev.warren.worker.handlers.TaskHandler;
import java.time.Duration;
import java.util.ArrayList;
import org.springframework.context.annotation.Bean;

/** Adds the type {@code failing}, whose handler fails in the way that its payload asks for. */
class FailingHandlers {

  /** As no task and no type has it by default. */
  static final RetryPolicy POLICY =
      new RetryPolicy(3, Duration.ofMillis(20), Duration.ofSeconds(7), 1.5, 0.25);

  @Bean
  TaskHandler<Failure, Object> failingHandler() {
    return new FailingHandler();
  }

  record Failure(String how) {}

  private static final class FailingHandler implements TaskHandler<Failure, Object> {

    @Override
    public TaskType<Failure, Object> type() {
      return new TaskType<>("failing", "default", Failure.class, Object.class, POLICY);
    }

    @Override
    public String describe(Failure failure) {
      if (failure.how().equals("describe")) {
        throw new IllegalStateException("boom");
      }
      return failure.how();
    }

    @Override
    public Object handle(Failure failure, TaskContext context) throws Exception {
      switch (failure.how()) {
        case "exception" -> throw new IllegalStateException("boom\r\n" + "x".repeat(5_000));
        case "no message" -> throw new Exception();
        case "interrupted" -> throw new InterruptedException("nobody did");
        case "leaves interrupt" -> Thread.currentThread().interrupt();
        case "fails interrupted" -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("boom");
        }
        case "stack overflow" -> handle(new Failure(failure.how()), context);
        case "out of memory" -> throw new OutOfMemoryError("Java heap space");
        case "really out of memory" -> {
          var hoard = new ArrayList<byte[]>();
          while (true) {
            hoard.add(new byte[50_000_000]);
          }
        }
        case "no such class" -> throw new NoClassDefFoundError("dev/warren/Missing");
        case "assertion" -> throw new AssertionError("boom");
        case "kills" -> Runtime.getRuntime().halt(1);
        case "deaf" -> ignoreInterrupts();
        case "permanent" -> throw new PermanentFailure("never again");
        case "permanent with code" -> throw new PermanentFailure("NoUser", "no such user");
        case "retry after" -> throw new RetryAfter(Duration.ofSeconds(90), "busy");
        case "result too large" -> {
          return "x".repeat(1024 * 1024);
        }
        case "largest result" -> {
          return "x".repeat(1024 * 1024 - 2);
        }
        case "no result" -> {
          var endless = new ArrayList<Object>();
          endless.add(endless);
          return endless;
        }
        case "chatty" -> {
          for (int i = 0; i < 100_000; i++) {
            context.progress(i, "i".repeat(i % 100));
          }
        }
        default -> {}
      }
      return null;
    }

    private static void ignoreInterrupts() {
      var end = System.nanoTime() + 60_000_000_000L;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }
}
