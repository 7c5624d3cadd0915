package org.beamlakehouse.testing;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Secrets and values of records that tests plant: passwords, keys and values with {@link #MARK} in
 * them. No command may tell them, on its outputs or in logs of libraries; only {@code show} prints
 * values, which it is there for.
 */
public final class Planted {
  /** Begins everything that is planted. */
  public static final String MARK = "planted-";

  private Planted() {}

  /** Fails where a command told what was planted. */
  static void requireHidden(List<String> line, CommandResult result) {
    if (!line.get(0).equals("show")) {
      require(line, "output", result.out());
    }
    require(line, "error output", result.err());
  }

  /** Listens to what goes to the process's own outputs until it is closed. */
  static Logs listen(List<String> line) {
    return new Logs(line);
  }

  private static void require(List<String> line, String where, String text) {
    int at = text.indexOf(MARK);
    if (at >= 0) {
      throw new AssertionError(
          String.format(
              "The command %s tells in its %s what it must not: …%s…",
              line,
              where,
              text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100))));
    }
  }

  /** What is logged while a command runs; it still goes where it went. */
  static final class Logs implements AutoCloseable {
    private final List<String> line;
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    private Logs(List<String> line) {
      this.line = List.copyOf(line);
      System.setOut(new PrintStream(new Both(out, heard), true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(new Both(err, heard), true, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      System.setOut(out);
      System.setErr(err);
      require(line, "logs", heard.toString(StandardCharsets.UTF_8));
    }
  }

  private static final class Both extends OutputStream {
    private final OutputStream first;
    private final OutputStream second;

    Both(OutputStream first, OutputStream second) {
      this.first = first;
      this.second = second;
    }

    @Override
    public void write(int b) throws java.io.IOException {
      first.write(b);
      second.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws java.io.IOException {
      first.write(bytes, offset, length);
      second.write(bytes, offset, length);
    }

    @Override
    public void flush() throws java.io.IOException {
      first.flush();
    }
  }
}
