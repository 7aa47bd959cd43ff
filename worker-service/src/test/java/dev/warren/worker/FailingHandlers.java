package dev.warren.worker;

import dev.warren.worker.handlers.TaskHandler;
import java.util.ArrayList;
import org.springframework.context.annotation.Bean;

/** Adds the type {@code failing}, whose handler fails in the way that its payload asks for. */
class FailingHandlers {

  @Bean
  TaskHandler<Failure> failingHandler() {
    return new FailingHandler();
  }

  record Failure(String how) {}

  private static final class FailingHandler implements TaskHandler<Failure> {

    @Override
    public String type() {
      return "failing";
    }

    @Override
    public Class<Failure> payloadType() {
      return Failure.class;
    }

    @Override
    public String describe(Failure failure) {
      if (failure.how().equals("describe")) {
        throw new IllegalStateException("boom");
      }
      return failure.how();
    }

    @Override
    public void handle(Failure failure) throws Exception {
      switch (failure.how()) {
        case "exception" -> throw new IllegalStateException("boom\r\n" + "x".repeat(5_000));
        case "no message" -> throw new Exception();
        case "interrupted" -> throw new InterruptedException("nobody did");
        case "leaves interrupt" -> Thread.currentThread().interrupt();
        case "fails interrupted" -> {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("boom");
        }
        case "stack overflow" -> handle(new Failure(failure.how()));
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
        default -> {}
      }
    }

    private static void ignoreInterrupts() {
      var end = System.nanoTime() + 60_000_000_000L;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }
}
