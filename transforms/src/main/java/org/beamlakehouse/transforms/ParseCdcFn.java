package org.beamlakehouse.transforms;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.errorhandling.BadRecord;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.change.RawRecord;
import org.beamlakehouse.transforms.change.RawRecordCoder;
import org.beamlakehouse.transforms.internal.cdc.RecordParser;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Runs the parser over each record. */
final class ParseCdcFn extends DoFn<RawRecord, ChangeEvent> {
  private final RecordParser parser;

  ParseCdcFn(RecordParser parser) {
    this.parser = parser;
  }

  @StartBundle
  public void startBundle() {
    parser.beginBatch();
  }

  @ProcessElement
  public void process(@Element RawRecord record, MultiOutputReceiver out) {
    parser.parse(record, null, new Sink(record, out));
  }

  private record Sink(RawRecord record, MultiOutputReceiver out) implements ParseSink {

    @Override
    public void change(TableDefinition table, ChangeEvent event) {
      Counters.CHANGES.inc();
      out.get(ParseCdc.CHANGES).output(event);
    }

    @Override
    public void quarantine(TableDefinition table, List<String> failedRules, String error) {
      Counters.QUARANTINED.inc();
      bad(error);
    }

    @Override
    public void repeatedField(TableDefinition table) {
      Counters.REPEATED_FIELDS.inc();
    }

    @Override
    public void deadLetter(String error) {
      Counters.DEAD_LETTERS.inc();
      bad(error);
    }

    @Override
    public void halt(TableDefinition table, String error) {
      throw new IllegalStateException(error + " (record " + record.position() + ")");
    }

    @Override
    public void skipped(SkipReason reason) {
      Counters.SKIPPED.get(reason).inc();
    }

    private void bad(String error) {
      out.get(ParseCdc.BAD_RECORDS)
          .output(
              BadRecord.builder()
                  .setRecord(
                      BadRecord.Record.builder()
                          .setHumanReadableJsonRecord(text(record.payload()))
                          .addCoderAndEncodedRecord(RawRecordCoder.of(), record)
                          .build())
                  .setFailure(BadRecord.Failure.builder().setDescription(error).build())
                  .build());
    }

    private static @Nullable String text(byte @Nullable [] payload) {
      try {
        return payload == null
            ? null
            : StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
      } catch (CharacterCodingException e) {
        return null;
      }
    }
  }

  /** The counters that {@link ParseCdc} documents. */
  private static final class Counters {
    static final Counter CHANGES = counter("changes");
    static final Counter QUARANTINED = counter("quarantined");
    static final Counter DEAD_LETTERS = counter("dead_letters");
    static final Counter REPEATED_FIELDS = counter("repeated_fields");
    static final Map<SkipReason, Counter> SKIPPED = new EnumMap<>(SkipReason.class);

    static {
      for (SkipReason reason : SkipReason.values()) {
        SKIPPED.put(reason, counter("skipped." + reason.name().toLowerCase(Locale.ROOT)));
      }
    }

    private static Counter counter(String name) {
      return Metrics.counter("ParseCdc", name);
    }
  }
}
