package org.beamlakehouse.transforms;

import com.google.auto.value.AutoValue;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.apache.beam.sdk.transforms.errorhandling.BadRecordRouter;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.beamlakehouse.transforms.cdc.RecordFormat;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.ChangeEventCoder;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Parses the raw records of one source to typed changes of the tables that it feeds.
 *
 * <pre>{@code
 * PCollectionTuple parsed =
 *     records.apply(ParseCdc.of(RecordFormat.DEBEZIUM_JSON, List.of(customers, orders)));
 * parsed.get(ParseCdc.CHANGES);
 * parsed.get(ParseCdc.BAD_RECORDS);
 * }</pre>
 *
 * <p>What becomes of a record is told in {@link RecordParser}. The outputs are:
 *
 * <ul>
 *   <li>{@link #CHANGES}: none, one or several for each record, with the record's timestamp.
 *   <li>{@link #BAD_RECORDS}: records that cannot be parsed, or do not keep the contract of a
 *       table; one for each such table. They also go to the handler of {@link
 *       #withBadRecordErrorHandler}, if there is one. A bad record costs no other record anything.
 * </ul>
 *
 * <p>Whether a tombstone stands directly behind its delete is seen within a bundle, in which the
 * records of a partition must follow each other. One whose delete ended the bundle before is taken
 * to stand alone: it deletes what its partition held of the key, be it newer than that delete where
 * both are delivered again.
 *
 * <p>A record with unknown fields for a table whose contract says fail throws, and with it the
 * pipeline fails.
 *
 * <p>Beam counters of namespace {@code ParseCdc}:
 *
 * <ul>
 *   <li>{@code changes}: changes made. At rest while records arrive: see {@code
 *       skipped.other_table}; the {@code sourceTable} of a contract may be misspelt.
 *   <li>{@code dead_letters}: records that cannot be parsed. A rise says that the source writes
 *       another format, that records are cut off on their way, or that the schema of Avro records
 *       no longer fits a contract; the bad records say which.
 *   <li>{@code quarantined}: records that do not keep a contract. A rise says that the source's
 *       schema changed or the contract is wrong; the bad records say which column.
 *   <li>{@code repeated_fields}: rows with two fields of one name in an object, of which the last
 *       one holds. The source writes JSON that others may read differently.
 *   <li>{@code skipped.<reason>}: records that are no changes, by {@code SkipReason} in lower case;
 *       nothing to be done, but for {@code skipped.shared_tombstone}: deletes may be lost.
 * </ul>
 */
@AutoValue
public abstract class ParseCdc extends PTransform<PCollection<RawRecord>, PCollectionTuple> {

  /** Typed changes. */
  public static final TupleTag<ChangeEvent> CHANGES = new TupleTag<>("changes") {};

  /** Records that are no changes because something is wrong with them. */
  public static final TupleTag<BadRecord> BAD_RECORDS = BadRecordRouter.BAD_RECORD_TAG;

  abstract RecordFormat format();

  abstract List<TableDefinition> tables();

  abstract @Nullable WriterSchemas writerSchemas();

  abstract @Nullable ErrorHandler<BadRecord, ?> errorHandler();

  /**
   * Parses records of a format for the tables that their source feeds.
   *
   * @param tables definitions of different names, all of one source
   */
  public static ParseCdc of(RecordFormat format, List<TableDefinition> tables) {
    return new AutoValue_ParseCdc.Builder().format(format).tables(List.copyOf(tables)).build();
  }

  /**
   * Gives the schemas that Avro records were written with. There are none by default, which only
   * the formats without Avro can do with. A record that names a schema which does not exist is a
   * bad record; where the schemas cannot be asked for, the pipeline fails.
   */
  public ParseCdc withWriterSchemas(WriterSchemas schemas) {
    return toBuilder().writerSchemas(schemas).build();
  }

  /**
   * Also sends bad records to a handler, as Beam's sources and sinks do. By default there is none;
   * then {@link #BAD_RECORDS} is the only place where they are.
   */
  public ParseCdc withBadRecordErrorHandler(ErrorHandler<BadRecord, ?> handler) {
    return toBuilder().errorHandler(handler).build();
  }

  abstract Builder toBuilder();

  @AutoValue.Builder
  abstract static class Builder {
    abstract Builder format(RecordFormat format);

    abstract Builder tables(List<TableDefinition> tables);

    abstract Builder writerSchemas(WriterSchemas schemas);

    abstract Builder errorHandler(ErrorHandler<BadRecord, ?> handler);

    abstract ParseCdc build();
  }

  /**
   * Adds the parser.
   *
   * @throws IllegalArgumentException where there is no table, two definitions have one name, tables
   *     are of different sources, a definition cannot be parsed for, or the format is one of Avro
   *     and there is nothing that gives its schemas
   */
  @Override
  public PCollectionTuple expand(PCollection<RawRecord> input) {
    ChangeEventCoder coder = ChangeEventCoder.of(tables());
    List<String> sources = tables().stream().map(TableDefinition::source).distinct().toList();
    if (sources.size() > 1) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot apply ParseCdc: its tables are of several sources, %s; apply one for each",
              sources));
    }
    PCollectionTuple parsed =
        input.apply(
            "Parse",
            ParDo.of(new ParseCdcFn(RecordParser.of(format(), tables(), writerSchemas())))
                .withOutputTags(CHANGES, TupleTagList.of(BAD_RECORDS)));
    PCollection<BadRecord> bad =
        parsed.get(BAD_RECORDS).setCoder(BadRecord.getCoder(input.getPipeline()));
    if (errorHandler() != null) {
      errorHandler().addErrorCollection(bad);
    }
    return PCollectionTuple.of(CHANGES, parsed.get(CHANGES).setCoder(coder)).and(BAD_RECORDS, bad);
  }

  @Override
  public void populateDisplayData(DisplayData.Builder builder) {
    super.populateDisplayData(builder);
    builder
        .add(DisplayData.item("format", format().name()).withLabel("Format of the records"))
        .add(
            DisplayData.item(
                    "tables",
                    tables().stream().map(TableDefinition::name).collect(Collectors.joining(", ")))
                .withLabel("Tables"));
  }
}
