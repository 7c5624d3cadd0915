package org.beamlakehouse.pipelines.internal.show;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.SequenceWriter;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;

/** Comma-separated values with a header. */
final class CsvLines implements RowFormat.Sink {
  private final List<Column> columns;
  private final SequenceWriter writer;

  CsvLines(List<Column> columns, PrintStream out) throws IOException {
    this.columns = columns;
    CsvSchema.Builder schema = CsvSchema.builder();
    columns.forEach(column -> schema.addColumn(column.name()));
    CsvMapper mapper = new CsvMapper();
    mapper.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    // Else long fields get quotes which they do not need.
    mapper.enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING);
    this.writer = mapper.writer(schema.build().withHeader()).writeValues(out);
    if (columns.isEmpty()) {
      throw new IllegalArgumentException("Cannot write CSV: no column is chosen");
    }
  }

  @Override
  public void row(Object[] values) {
    String[] fields = new String[values.length];
    for (int i = 0; i < values.length; i++) {
      fields[i] = ValueText.text(columns.get(i).type(), values[i]);
    }
    try {
      writer.write(fields);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
