package org.beamlakehouse.io.internal.secrets;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/** Streams of text whose lines lose their secrets before they go on. */
public final class RedactedOutput {
  private RedactedOutput() {}

  /** A writer to another. */
  public static PrintWriter writer(PrintWriter out) {
    return new PrintWriter(new Lines(out), true);
  }

  /** A stream to another, as standard error is: logs of libraries go there. */
  public static PrintStream stream(PrintStream out) {
    PrintWriter writer = writer(new PrintWriter(out, true, StandardCharsets.UTF_8));
    return new PrintStream(new Bytes(writer), true, StandardCharsets.UTF_8);
  }

  /** Gives whole lines on; a part of one when it is flushed. */
  private static final class Lines extends Writer {
    private final PrintWriter out;
    private final StringBuilder line = new StringBuilder();

    Lines(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void write(char[] chars, int offset, int length) {
      synchronized (lock) {
        for (int i = offset; i < offset + length; i++) {
          line.append(chars[i]);
          if (chars[i] == '\n') {
            give();
          }
        }
      }
    }

    @Override
    public void flush() {
      synchronized (lock) {
        give();
        out.flush();
      }
    }

    @Override
    public void close() {
      flush();
    }

    private void give() {
      if (!line.isEmpty()) {
        out.print(Redaction.of(line.toString()));
        line.setLength(0);
      }
    }
  }

  /** Bytes of UTF-8 as text, line by line: a flush between two would cut characters. */
  private static final class Bytes extends OutputStream {
    private final PrintWriter out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Bytes(PrintWriter out) {
      this.out = out;
    }

    @Override
    public synchronized void write(int b) {
      line.write(b);
      if (b == '\n') {
        out.print(line.toString(StandardCharsets.UTF_8));
        out.flush();
        line.reset();
      }
    }

    @Override
    public synchronized void close() {
      out.print(line.toString(StandardCharsets.UTF_8));
      out.flush();
      line.reset();
    }
  }
}
