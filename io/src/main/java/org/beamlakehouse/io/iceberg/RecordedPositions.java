package org.beamlakehouse.io.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.transforms.change.SourcePosition;

/**
 * The records that a side table has, by their positions in their source. A batch that comes once
 * more, because it halted its table or a run died, may be judged by another contract than before:
 * then it is records that tell what is there already, not batches.
 */
public final class RecordedPositions {
  private final Set<SourcePosition> positions;

  private RecordedPositions(Set<SourcePosition> positions) {
    this.positions = positions;
  }

  /** Reads them all; none where there is no such table. */
  public static RecordedPositions of(CatalogConfig catalog, String sideTable) {
    Set<SourcePosition> positions = new HashSet<>();
    if (Catalogs.exists(catalog, sideTable)) {
      Table table = Catalogs.load(catalog, sideTable);
      try (CloseableIterable<Record> rows =
          IcebergGenerics.read(table)
              .select(
                  "source_topic",
                  "source_partition",
                  "source_offset",
                  "source_file",
                  "source_position")
              .build()) {
        rows.forEach(row -> positions.add(position(row)));
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + sideTable + ": " + e.getMessage(), e);
      }
    }
    return new RecordedPositions(positions);
  }

  private static SourcePosition position(Record row) {
    Object file = row.getField("source_file");
    return file != null
        ? SourcePosition.inFile((String) file, (Long) row.getField("source_position"))
        : SourcePosition.inTopic(
            (String) row.getField("source_topic"),
            (Integer) row.getField("source_partition"),
            (Long) row.getField("source_offset"));
  }

  /** Whether the record at a position is there. */
  public boolean has(SourcePosition position) {
    return positions.contains(position);
  }
}
