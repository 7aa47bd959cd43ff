package dev.warren.testbroker;

/** A RabbitMQ that belongs to the tests, to be killed and frozen at will. */
public interface TestBroker extends AutoCloseable {

  /** Returns once AMQP answers; what was on disk is there again. */
  void start();

  /** SIGKILL, as when the power goes. */
  void kill();

  /** Stops the process without ending it, as a machine that hangs. */
  void freeze();

  /** Ends what {@link #freeze} began. */
  void thaw();

  /** Runs {@code rabbitmqctl} against it and answers what it printed. */
  String ctl(String... arguments);

  /** Of a user that may do everything, in the virtual host {@code /}. */
  String uri();

  /** Of the management API, without a path. */
  String managementUri();

  @Override
  void close();
}
