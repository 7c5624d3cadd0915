package org.beamlakehouse.transforms.internal.cdc;

import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.beamlakehouse.transforms.cdc.WriterSchemas;
import org.beamlakehouse.transforms.change.ChangeEvent;
import org.beamlakehouse.transforms.internal.cdc.event.ParseSink;
import org.beamlakehouse.transforms.internal.cdc.event.SkipReason;
import org.beamlakehouse.transforms.table.TableDefinition;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Tells what a record has done from what others have done while it was read. Whatever reading the
 * bytes throws is the record's own and ends it alone; what the sink or the schemas throw (a disk
 * that is full, a registry that does not answer) has nothing to do with it and fails the run, so
 * that no good record is put aside.
 *
 * <p>One guard serves all records of a parser, one after the other.
 */
final class SinkGuard implements ParseSink {
  private static final String OWN_PACKAGE = "org.beamlakehouse.";

  private ParseSink sink;
  private @Nullable Throwable ofOthers;

  /** Begins a record. */
  ParseSink open(ParseSink next) {
    sink = next;
    ofOthers = null;
    return this;
  }

  /** True where the record itself made its reading fail. */
  boolean isOfTheRecord(Throwable error) {
    return error != ofOthers;
  }

  /**
   * What is told of a record that made its reading fail. Messages of exceptions hold values, so
   * there are none.
   */
  static String told(Throwable error) {
    String place = "";
    for (StackTraceElement element : error.getStackTrace()) {
      if (element.getClassName().startsWith(OWN_PACKAGE)) {
        place = " in " + element.getFileName() + ":" + element.getLineNumber();
        break;
      }
    }
    return "Cannot parse the record: a value of it makes reading fail ("
        + error.getClass().getSimpleName()
        + place
        + "); report it, bronze has the record";
  }

  /** The same schemas, told apart from the record. */
  @Nullable WriterSchemas guarded(@Nullable WriterSchemas schemas) {
    return schemas == null ? null : new GuardedSchemas(schemas);
  }

  @Override
  public void change(TableDefinition table, ChangeEvent event) {
    // Not by pass: this is called for every record.
    try {
      sink.change(table, event);
    } catch (RuntimeException | Error e) {
      ofOthers = e;
      throw e;
    }
  }

  @Override
  public void quarantine(TableDefinition table, List<String> failedRules, String error) {
    pass(to -> to.quarantine(table, failedRules, error));
  }

  @Override
  public void deadLetter(String error) {
    pass(to -> to.deadLetter(error));
  }

  @Override
  public void unfit(TableDefinition table, String error) {
    pass(to -> to.unfit(table, error));
  }

  @Override
  public void halt(TableDefinition table, String error) {
    pass(to -> to.halt(table, error));
  }

  @Override
  public void repeatedField(TableDefinition table) {
    pass(to -> to.repeatedField(table));
  }

  @Override
  public void skipped(SkipReason reason) {
    pass(to -> to.skipped(reason));
  }

  private void pass(Consumer<ParseSink> call) {
    try {
      call.accept(sink);
    } catch (RuntimeException | Error e) {
      ofOthers = e;
      throw e;
    }
  }

  private final class GuardedSchemas implements WriterSchemas {
    private static final long serialVersionUID = 1L;

    private final WriterSchemas schemas;

    GuardedSchemas(WriterSchemas schemas) {
      this.schemas = schemas;
    }

    @Override
    public Schema schema(int id) throws UnusableSchemaException {
      try {
        return schemas.schema(id);
      } catch (RuntimeException | Error e) {
        ofOthers = e;
        throw e;
      }
    }
  }
}
