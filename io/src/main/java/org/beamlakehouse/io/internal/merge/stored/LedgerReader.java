package org.beamlakehouse.io.internal.merge.stored;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.MetadataColumns;
import org.apache.iceberg.Schema;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.data.DeleteFilter;
import org.apache.iceberg.data.GenericDeleteFilter;
import org.apache.iceberg.data.IdentityPartitionConverters;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.formats.FormatModelRegistry;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.util.PartitionUtil;
import org.beamlakehouse.io.internal.iceberg.datafile.NameMappings;
import org.beamlakehouse.io.internal.merge.table.LedgerShape;
import org.beamlakehouse.io.internal.merge.table.TableState;
import org.beamlakehouse.transforms.internal.merge.Change;
import org.beamlakehouse.transforms.internal.merge.Change.Kind;
import org.beamlakehouse.transforms.table.TableDefinition;

/** Reads remembered changes from a ledger. */
public final class LedgerReader {
  private final TableState state;
  private final FilePlanner planner;
  private final Expression truncate;

  LedgerReader(TableState state, FilePlanner planner) {
    this.state = state;
    this.planner = planner;
    // That the key is null tells nothing new, but the files of other buckets are left out by it.
    this.truncate =
        Expressions.and(
            Expressions.isNull(state.definition().keyColumns().get(0)),
            Expressions.equal(LedgerShape.KIND, Kind.TRUNCATE.name().toLowerCase(Locale.ROOT)));
  }

  /** Columns of a ledger that conditions ask for. */
  public static List<String> decidingColumns(TableDefinition definition) {
    List<String> columns = new ArrayList<>(definition.keyColumns());
    columns.add(LedgerShape.KIND);
    return columns;
  }

  /** Receives what the ledger has. */
  public interface Visitor {
    /** A change of a key, wanted or not. */
    void change(Object[] key, Change change);

    /** A truncate. */
    void truncate(Change change);
  }

  /**
   * Shows every remembered change of a wanted key, with some of others, and every truncate.
   *
   * @param shard leaves out files of other shards
   * @param keys a condition that all rows of wanted keys meet
   */
  public void read(Expression shard, Expression keys, Visitor visitor) {
    if (state.ledgerBase() == null) {
      return;
    }
    LedgerShape shape = new LedgerShape(state.definition(), state.ledger().schema());
    Expression files = Expressions.or(Expressions.and(shard, keys), truncate);
    Expression rows = Expressions.or(keys, truncate);
    try {
      for (FileScanTask task : planner.plan(state.ledger(), state.ledgerBase(), files)) {
        if (task.file().dataSequenceNumber() >= state.ledgerSince()) {
          read(task, rows, shape, visitor);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format(
              "Cannot read the ledger %s: %s", state.definition().ledgerName(), e.getMessage()),
          e);
    }
  }

  private void read(FileScanTask task, Expression wanted, LedgerShape shape, Visitor visitor)
      throws IOException {
    Schema columns = columns();
    int updated = columns.columns().indexOf(MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER);
    // Maintenance may have pruned single rows of the ledger.
    DeleteFilter<Record> pruned =
        new GenericDeleteFilter(state.ledger().io(), task, columns, columns);
    try (CloseableIterable<Record> rows =
        pruned.filter(
            FormatModelRegistry.<Record, Schema>readBuilder(
                    task.file().format(),
                    Record.class,
                    state.ledger().io().newInputFile(task.file()))
                .withNameMapping(NameMappings.of(state.ledger()))
                .project(pruned.requiredSchema())
                .filter(wanted)
                .idToConstant(
                    PartitionUtil.constantsMap(task, IdentityPartitionConverters::convertConstant))
                .build())) {
      for (Record row : rows) {
        Long since = updated < 0 ? null : row.get(updated, Long.class);
        if (since != null && since < state.ledgerSince()) {
          continue;
        }
        Object[] key = shape.keyOf(row);
        if (key == null) {
          visitor.truncate(shape.toChange(row));
        } else {
          visitor.change(key, shape.toChange(row));
        }
      }
    }
  }

  /**
   * What is read of a row. A compaction may bring rows that no longer count into a file that does;
   * each tells by itself when it came, if the format has that.
   */
  private Schema columns() {
    Schema schema = state.ledger().schema();
    if (state.ledgerSince() == 0 || !TableUtil.supportsRowLineage(state.ledger())) {
      return schema;
    }
    List<Types.NestedField> columns = new ArrayList<>(schema.columns());
    columns.add(MetadataColumns.LAST_UPDATED_SEQUENCE_NUMBER);
    return new Schema(columns);
  }
}
