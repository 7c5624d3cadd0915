package org.beamlakehouse.transforms.internal.cdc;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.binlog.BinlogRecords;
import org.beamlakehouse.transforms.internal.cdc.binlog.CanalMessage;
import org.beamlakehouse.transforms.internal.cdc.binlog.MaxwellMessage;
import org.beamlakehouse.transforms.internal.cdc.connect.ConnectEnvelope;
import org.beamlakehouse.transforms.internal.cdc.debezium.DebeziumAvroRecords;
import org.beamlakehouse.transforms.internal.cdc.debezium.DebeziumJsonRecords;
import org.beamlakehouse.transforms.internal.cdc.event.FormatReader;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.internal.cdc.json.RecordException;
import org.beamlakehouse.transforms.internal.cdc.plain.PlainAvroRecords;
import org.beamlakehouse.transforms.internal.cdc.plain.PlainJsonRecords;
import org.beamlakehouse.transforms.internal.cdc.row.CellList;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.beamlakehouse.transforms.internal.cdc.tableplan.TablePlan;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.beamlakehouse.transforms.internal.log.LogWatch;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Parses the raw records of one source to typed changes of the tables that it feeds, in one
 * streaming pass over the bytes.
 *
 * <p>What a record is:
 *
 * <ul>
 *   <li>a <b>change</b>: typed by the table's contract. A contract column that the record has no
 *       field for is null. Values are read as the connector's schema says where the record brings
 *       it, else as the contract says; nothing is cast (the package's page tells how each type is
 *       read). Of a repeated field the last one holds. A row of an extract ({@code
 *       InputKind.SNAPSHOTS}) is an upsert, before which the extract is told as a truncate;
 *   <li><b>quarantined</b>: of a known table, but with a value of the wrong type, a missing key or
 *       required value, no place in the order of changes, or fields that the contract forbids. Of
 *       an extract, {@linkplain ChangeEvent#asConfirmation a confirmation} of its key is left;
 *   <li>a <b>dead letter</b>: broken or truncated JSON, bytes that are not UTF-8, no object,
 *       objects and arrays nested deeper than 500, no envelope, an operation that there is not. Of
 *       Avro: no schema id, an id that the registry does not know, bytes that are not as their
 *       schema tells, and for each table records whose schema has another type than a column can
 *       take;
 *   <li>a <b>tombstone</b>: of a topic, with a key and no value. Of each table that keeps rows, a
 *       {@code TOMBSTONE} change of the key, unless it stands directly behind the delete that it
 *       belongs to, or the table ignores tombstones;
 *   <li><b>skipped</b>: no change at all, see {@link SkipReason}.
 * </ul>
 *
 * <p>No record makes {@link #parse} throw; what does is the sink, and a schema that cannot be asked
 * for at the moment. An instance is for one thread; it is serialised without what it learned from
 * the records it saw.
 */
public final class RecordParser implements Serializable {
  private final RecordFormat format;
  private final List<TableDefinition> tables;
  private final @Nullable WriterSchemas schemas;
  private transient @Nullable FormatReader reader;
  private transient @Nullable SinkGuard guard;
  private transient @Nullable LogWatch watch;
  private transient @Nullable UnaryOperator<RawRecord> before;

  private RecordParser(
      RecordFormat format, List<TableDefinition> tables, @Nullable WriterSchemas schemas) {
    this.format = requireNonNull(format, "format");
    this.tables = List.copyOf(tables);
    this.schemas = schemas;
    if (format.needsSchemas() && schemas == null) {
      throw new IllegalArgumentException(
          "Cannot parse records of the format "
              + format
              + ": nothing gives the schemas that they were written with; name a schema registry");
    }
    this.reader = newReader();
  }

  /**
   * A parser of the records of one source.
   *
   * @param tables all tables that the source feeds
   * @throws IllegalArgumentException where the changes of a table would have no order, or SQL of a
   *     table does not fit the format
   */
  public static RecordParser of(RecordFormat format, List<TableDefinition> tables) {
    return of(format, tables, null);
  }

  /**
   * A parser of the records of one source, written with schemas that are kept elsewhere.
   *
   * @param tables all tables that the source feeds
   * @param schemas gives those schemas; null for formats that have none
   * @throws IllegalArgumentException as {@link #of(RecordFormat, List)}, and where the format needs
   *     schemas and there are none
   */
  public static RecordParser of(
      RecordFormat format, List<TableDefinition> tables, @Nullable WriterSchemas schemas) {
    return new RecordParser(format, tables, schemas);
  }

  /**
   * Parses a record and sends what it is to the sink, for each table in turn.
   *
   * @param wantedTables names of the tables to parse for; null for all
   */
  public void parse(RawRecord record, @Nullable Set<String> wantedTables, ParseSink sink) {
    byte[] payload = record.payload();
    boolean empty = payload == null || payload.length == 0;
    if (!empty && isBlank(payload)) {
      sink.skipped(SkipReason.TOMBSTONE);
      return;
    }
    if (reader == null) {
      reader = newReader();
      reader.watch(watch);
    }
    if (empty && before != null && reader.lacksRecordBefore(record)) {
      readBefore(record, wantedTables);
    }
    try {
      if (empty) {
        reader.readTombstone(record, wantedTables, guard.open(sink));
        return;
      }
      reader.read(record, wantedTables, guard.open(sink));
    } catch (RecordException e) {
      sink.deadLetter(e.getMessage());
    } catch (RuntimeException | StackOverflowError | AssertionError e) {
      if (!guard.isOfTheRecord(e)) {
        throw e;
      }
      sink.deadLetter(SinkGuard.told(e));
      // What it knows may be half of something.
      reader = null;
    }
  }

  /**
   * Reads what may be the delete that a tombstone belongs to, which was told with its own batch.
   */
  private void readBefore(RawRecord tombstone, @Nullable Set<String> wantedTables) {
    RawRecord record = before.apply(tombstone);
    if (record == null
        || record.payload() == null
        || !Arrays.equals(record.key(), tombstone.key())) {
      return;
    }
    LogWatch seen = watch;
    watch(null);
    parse(record, wantedTables, Nowhere.SINK);
    watch(seen);
    if (reader == null) {
      reader = newReader();
      reader.watch(watch);
    }
  }

  /**
   * Lets the parser look at the record before one, at the offset below in its partition. It asks
   * for that of the first tombstone of a partition in a batch, as the delete that this belongs to
   * may have ended the batch before. Without it such a tombstone is taken to stand alone.
   *
   * @param recordBefore gives null where there is no such record
   */
  public void lookUp(@Nullable UnaryOperator<RawRecord> recordBefore) {
    before = recordBefore;
  }

  /**
   * Lets a watch see every change that tells a place in its source's log, from now on. The watch
   * says which log the record belongs to; without one all belong to the same.
   */
  public void watch(@Nullable LogWatch next) {
    watch = next;
    if (reader != null) {
      reader.watch(next);
    }
  }

  /**
   * Begins a batch. Of tables that are fed by extracts the parser tells each extract, as a
   * truncate, once per batch; and of all tables what fed them: call it wherever what was told
   * before may be lost or go another way, that is with each bundle.
   */
  public void beginBatch() {
    if (reader != null) {
      reader.beginBatch();
      reader.matcher().beginBatch();
    }
  }

  /**
   * What fed each table since the batch began, by the table's name: more than one where a contract
   * could mean several tables of the source. None where records name neither table nor topic.
   */
  public Map<String, Set<TableOrigin>> feeds() {
    return reader == null ? Map.of() : reader.matcher().feeds();
  }

  /** How many records since the batch began were of tables that none of these is fed by. */
  public Map<TableOrigin, Long> unclaimed() {
    return reader == null ? Map.of() : reader.matcher().unclaimed();
  }

  /** Takes what is known already. */
  private enum Nowhere implements ParseSink {
    SINK;

    @Override
    public void change(TableDefinition table, ChangeEvent event) {}

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {}

    @Override
    public void deadLetter(String error) {}

    @Override
    public void halt(TableDefinition table, String error) {}

    @Override
    public void skipped(SkipReason reason) {}
  }

  private FormatReader newReader() {
    guard = new SinkGuard();
    WriterSchemas guarded = guard.guarded(schemas);
    return switch (format) {
      case DEBEZIUM_JSON -> {
        CellList envelope = new CellList();
        yield new DebeziumJsonRecords(plans(WireType.UNKNOWN, envelope), envelope);
      }
      case CANAL_JSON -> {
        CellList envelope = new CellList();
        List<TablePlan> plans = plans(WireType.TEXT, envelope);
        yield new BinlogRecords(plans, new CanalMessage(envelope));
      }
      case MAXWELL_JSON -> {
        CellList envelope = new CellList();
        List<TablePlan> plans = plans(WireType.NATIVE, envelope);
        yield new BinlogRecords(plans, new MaxwellMessage(envelope));
      }
      case JSON -> new PlainJsonRecords(plans(WireType.NATIVE, null));
      case DEBEZIUM_AVRO -> {
        CellList envelope = new CellList();
        yield new DebeziumAvroRecords(plans(WireType.UNKNOWN, envelope), envelope, guarded);
      }
      case AVRO -> new PlainAvroRecords(plans(WireType.NATIVE, null), guarded);
    };
  }

  private List<TablePlan> plans(WireType values, @Nullable CellList envelope) {
    return tables.stream().map(table -> new TablePlan(table, values, envelope)).toList();
  }

  private static boolean isBlank(byte[] payload) {
    return ConnectEnvelope.skipSpace(payload, 0) == payload.length;
  }
}
