package org.beamlakehouse.io.internal.bronze.files;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileIO;
import org.beamlakehouse.io.bronze.plan.IngestRequest;
import org.beamlakehouse.io.internal.bronze.write.BronzeRows;
import org.beamlakehouse.io.internal.files.FileContent;
import org.beamlakehouse.io.internal.files.LineRecords;
import org.beamlakehouse.io.internal.files.RecordTooLargeException;
import org.beamlakehouse.io.internal.files.SourceFile;
import org.beamlakehouse.io.internal.files.SourceFiles;

/**
 * Reads files and writes their records into data files of a bronze table.
 *
 * <p>A file counts as a whole or not at all. One that fits into memory is read to its end before
 * its first row is written, so that it can share a data file with others; a larger one gets data
 * files of its own, which are deleted where reading it fails half-way.
 */
public final class BronzeFileWriter {
  private static final int IN_MEMORY = 64 << 20;
  private static final int PROGRESS = 10_000;
  private static final int BUFFER = 1 << 20;

  private final Table table;
  private final Supplier<? extends FileIO> store;
  private final int inMemory;
  private final LongConsumer progress;

  /**
   * @param progress told now and then how many more records were written
   */
  public BronzeFileWriter(Table table, Supplier<? extends FileIO> store, LongConsumer progress) {
    this(table, store, progress, IN_MEMORY);
  }

  /**
   * @param inMemory bytes up to which a file's content is held in memory
   */
  public BronzeFileWriter(
      Table table, Supplier<? extends FileIO> store, LongConsumer progress, int inMemory) {
    this.table = table;
    this.store = store;
    this.progress = progress;
    this.inMemory = inMemory;
  }

  /** Writes a batch. Fails only where the table cannot be written; leaves nothing behind then. */
  public WrittenBatch write(FileBatch batch) {
    Writing writing = new Writing(batch.request());
    try {
      batch.files().forEach(writing::file);
      return writing.finish(batch);
    } catch (RuntimeException e) {
      writing.abort(e);
      throw e;
    }
  }

  /** The state of one batch. */
  private final class Writing {
    private final IngestRequest request;
    private final BronzeRows shared;
    private final List<TakenFile> sharedFiles = new ArrayList<>();
    private final List<WrittenBatch.Unit> units = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private long sharedRows;

    Writing(IngestRequest request) {
      this.request = request;
      this.shared = new BronzeRows(table, request.run());
    }

    void file(SourceFile file) {
      LineRecords records = null;
      // Compressed files only get larger.
      boolean mayFit = file.size() <= inMemory;
      int capacity = mayFit ? (int) file.size() + 1 : BUFFER;
      try {
        FileContent content = SourceFiles.open(file, store);
        records = new LineRecords(content, capacity, request.maxRecordBytes());
        // What is not larger than one record may be cannot fail half way.
        if (mayFit && records.buffer(Math.min(inMemory, request.maxRecordBytes()))) {
          TakenFile whole = new TakenFile(file, content.checksum());
          sharedRows += copy(file, records, shared);
          sharedFiles.add(whole);
        } else {
          alone(file, content, records);
        }
      } catch (RecordTooLargeException e) {
        failures.add(
            "Cannot read "
                + file.path()
                + ": "
                + e.getMessage()
                + "; none of its records was ingested, the next run tries again; raise"
                + " maxRecordBytes of the source "
                + request.source()
                + ", or split the record");
      } catch (IOException e) {
        failures.add(
            "Cannot read "
                + file.path()
                + ": "
                + reason(e)
                + "; none of its records was ingested, the next run tries again; put a complete"
                + " file in its place");
      } finally {
        close(records);
      }
    }

    private void alone(SourceFile file, FileContent content, LineRecords records)
        throws IOException {
      BronzeRows own = new BronzeRows(table, request.run());
      try {
        long rows = copy(file, records, own);
        TakenFile whole = new TakenFile(file, content.checksum());
        units.add(new WrittenBatch.Unit(List.of(whole), own.finish(), rows));
      } catch (IOException | RuntimeException e) {
        try {
          own.abort();
        } catch (RuntimeException suppressed) {
          e.addSuppressed(suppressed);
        }
        throw e;
      }
    }

    private long copy(SourceFile file, LineRecords records, BronzeRows rows) throws IOException {
      rows.from(file);
      long number = 0;
      while (records.next()) {
        rows.write(number, records.bytes(), records.start(), records.length());
        number++;
        if (number % PROGRESS == 0) {
          progress.accept(PROGRESS);
        }
      }
      progress.accept(number % PROGRESS);
      return number;
    }

    WrittenBatch finish(FileBatch batch) {
      if (!sharedFiles.isEmpty()) {
        units.add(new WrittenBatch.Unit(sharedFiles, shared.finish(), sharedRows));
      }
      return new WrittenBatch(request, units, failures, batch.startedMillis());
    }

    void abort(RuntimeException cause) {
      // Data files of earlier large files in the batch stay behind as orphans.
      try {
        shared.abort();
      } catch (RuntimeException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private static void close(LineRecords records) {
    try {
      if (records != null) {
        records.close();
      }
    } catch (IOException e) {
      // Everything was read, or reading failed and is reported: closing changes neither.
    }
  }

  private static String reason(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "it is no longer there";
    }
    if (e instanceof AccessDeniedException) {
      return "access to it is denied";
    }
    if (e instanceof EOFException) {
      return "it ends too early";
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
