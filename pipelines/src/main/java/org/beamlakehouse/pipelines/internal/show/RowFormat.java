package org.beamlakehouse.pipelines.internal.show;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;

/** How rows are written to a person or a program. */
public enum RowFormat {
  /** Aligned columns for people. */
  TABLE {
    @Override
    public Sink open(List<Column> columns, PrintStream out) {
      return new TextTable(columns, out);
    }
  },
  /** One JSON object per row. */
  JSONL {
    @Override
    public Sink open(List<Column> columns, PrintStream out) throws IOException {
      return new JsonLines(columns, out);
    }
  },
  /** RFC 4180 with a header line; null is an empty field. */
  CSV {
    @Override
    public Sink open(List<Column> columns, PrintStream out) throws IOException {
      return new CsvLines(columns, out);
    }
  };

  /** Begins a result. The sink does not close the stream. */
  public abstract Sink open(List<Column> columns, PrintStream out) throws IOException;

  /** Takes rows. */
  public interface Sink extends AutoCloseable {
    /** Writes a row whose values have the order of the columns. */
    void row(Object[] values);

    /** Writes what is still held back. */
    @Override
    void close() throws IOException;
  }
}
