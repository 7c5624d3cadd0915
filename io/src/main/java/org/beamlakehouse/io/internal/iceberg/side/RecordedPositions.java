package org.beamlakehouse.io.internal.iceberg.side;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.beamlakehouse.io.iceberg.CatalogConfig;
import org.beamlakehouse.io.internal.iceberg.catalog.Catalogs;
import org.beamlakehouse.io.internal.iceberg.datafile.FileTrim;
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
    return Catalogs.find(catalog, sideTable)
        .map(RecordedPositions::of)
        .orElseGet(() -> new RecordedPositions(Set.of()));
  }

  /** Reads those of a table as it was loaded. */
  static RecordedPositions of(Table table) {
    Set<SourcePosition> positions = new HashSet<>();
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
      throw new UncheckedIOException("Cannot read " + table.name() + ": " + e.getMessage(), e);
    }
    return new RecordedPositions(positions);
  }

  /** Whether the record of a row, in a side table's columns, is not there. */
  Predicate<StructLike> without(Table table) {
    int topic = FileTrim.column(table, "source_topic");
    int partition = FileTrim.column(table, "source_partition");
    int offset = FileTrim.column(table, "source_offset");
    int file = FileTrim.column(table, "source_file");
    int position = FileTrim.column(table, "source_position");
    return row -> {
      CharSequence path = row.get(file, CharSequence.class);
      return !has(
          path != null
              ? SourcePosition.inFile(path.toString(), row.get(position, Long.class))
              : SourcePosition.inTopic(
                  row.get(topic, CharSequence.class).toString(),
                  row.get(partition, Integer.class),
                  row.get(offset, Long.class)));
    };
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
    // Side tables do not tell eras.
    return positions.contains(
        position.era() == 0
            ? position
            : SourcePosition.inTopic(position.topic(), position.partition(), position.offset()));
  }
}
