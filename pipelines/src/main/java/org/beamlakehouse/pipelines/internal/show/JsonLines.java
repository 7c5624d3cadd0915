package org.beamlakehouse.pipelines.internal.show;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;

/** One JSON object per line. */
final class JsonLines implements RowFormat.Sink {
  private final List<Column> columns;
  private final PrintStream out;
  private final JsonGenerator json;

  JsonLines(List<Column> columns, PrintStream out) throws IOException {
    this.columns = columns;
    this.out = out;
    this.json =
        new JsonFactory()
            .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
            .createGenerator(out)
            .setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  @Override
  public void row(Object[] values) {
    try {
      json.writeStartObject();
      for (int i = 0; i < values.length; i++) {
        json.writeFieldName(columns.get(i).name());
        ValueText.write(json, columns.get(i).type(), values[i]);
      }
      json.writeEndObject();
      json.writeRaw('\n');
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    json.close();
    out.flush();
  }
}
