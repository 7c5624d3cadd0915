package org.beamlakehouse.testing.servers;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A server that runs while the tests of a class do, nested classes included; to be registered in a
 * static field: {@code @RegisterExtension static final KafkaBroker KAFKA = KafkaBroker.create()}.
 * Several of them start in the order of their {@code @Order}, and end the other way round. A test
 * that fails tells the end of their logs as well.
 */
public abstract class ServerExtension
    implements BeforeAllCallback, AfterAllCallback, TestExecutionExceptionHandler, AutoCloseable {
  private int users;

  /** For the servers of this package. */
  ServerExtension() {}

  /** Starts the server if no class around this one has. */
  @Override
  public final void beforeAll(ExtensionContext context) {
    users++;
    if (users == 1) {
      start();
    }
  }

  /** Ends the server if no class around this one needs it. */
  @Override
  public final void afterAll(ExtensionContext context) {
    users--;
    if (users == 0) {
      close();
    }
  }

  /** Adds the end of the server's logs to what a test failed with. */
  @Override
  public final void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    processes().forEach(process -> failure.addSuppressed(new EndOfLog(process.endOfLog())));
    throw failure;
  }

  /** What runs of the server. */
  abstract List<ServerProcess> processes();

  /**
   * Starts the server and waits until it answers.
   *
   * @throws IllegalStateException where it does not, with the end of its log
   */
  public abstract void start();

  /** Ends the server and deletes its files; does nothing where it does not run. */
  @Override
  public abstract void close();

  /** What a server printed last; where it is added is no news. */
  private static final class EndOfLog extends Exception {
    private static final long serialVersionUID = 1L;

    EndOfLog(String text) {
      super(text, null, false, false);
    }
  }
}
