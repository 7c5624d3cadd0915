package org.beamlakehouse.pipelines.internal.show;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;
import org.beamlakehouse.transforms.table.ColumnType;

/** Aligned columns for people; numbers to the right, long texts shortened. */
public final class TextTable implements RowFormat.Sink {
  private static final int WIDEST = 60;
  // Widths are fixed by the first rows, so that a large table is not held in memory.
  private static final int SAMPLE = 1_000;

  private final List<Column> columns;
  private final PrintStream out;
  private final List<String[]> held = new ArrayList<>();
  private int[] widths;
  private long rows;

  /** Begins a table. */
  public TextTable(List<Column> columns, PrintStream out) {
    this.columns = columns;
    this.out = out;
  }

  @Override
  public void row(Object[] values) {
    String[] cells = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      String text = ValueText.text(columns.get(i).type(), values[i]);
      cells[i] = text == null ? "" : shorten(text.replace('\n', ' '));
    }
    rows++;
    if (widths == null) {
      held.add(cells);
      if (held.size() >= SAMPLE) {
        flush();
      }
    } else {
      print(cells);
    }
  }

  @Override
  public void close() {
    flush();
    out.println("(" + rows + (rows == 1 ? " row)" : " rows)"));
    out.flush();
  }

  private void flush() {
    if (widths != null) {
      return;
    }
    widths = new int[columns.size()];
    String[] header = new String[columns.size()];
    String[] rule = new String[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      header[i] = columns.get(i).name();
      widths[i] = header[i].length();
      for (String[] cells : held) {
        widths[i] = Math.max(widths[i], cells[i].length());
      }
      rule[i] = "-".repeat(widths[i]);
    }
    print(header);
    print(rule);
    held.forEach(this::print);
    held.clear();
  }

  private void print(String[] cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      String padding = " ".repeat(Math.max(0, widths[i] - cells[i].length()));
      boolean right = isNumber(columns.get(i).type());
      line.append(i == 0 ? "" : "  ")
          .append(right ? padding : "")
          .append(cells[i])
          .append(right ? "" : padding);
    }
    out.println(line.toString().stripTrailing());
  }

  private static boolean isNumber(ColumnType type) {
    return switch (type.kind()) {
      case INT, LONG, FLOAT, DOUBLE, DECIMAL -> true;
      default -> false;
    };
  }

  private static String shorten(String text) {
    return text.length() <= WIDEST ? text : text.substring(0, WIDEST - 1) + "…";
  }
}
