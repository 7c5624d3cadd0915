package org.beamlakehouse.io.merge.plan;

import static java.util.Objects.requireNonNull;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.CoderProvider;
import org.apache.beam.sdk.coders.CoderProviders;
import org.apache.beam.sdk.coders.DefaultCoder;
import org.apache.beam.sdk.values.TypeDescriptor;
import org.beamlakehouse.io.iceberg.SideFile;
import org.beamlakehouse.transforms.internal.cdc.source.TableOrigin;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the stages before a merge have to say to the commit of a table. There may be any number per
 * table; their counts are added.
 *
 * @param table the target table, or one that others commit to
 * @param counts named as {@code CommittedSnapshot} names them
 * @param sideFiles files with records that were put aside and are not yet committed; those for a
 *     target are committed to its {@code <table>__quarantine} before it
 * @param halt why nothing may be published for the table; null for going on. No record values
 * @param newestMillis when the newest of the changes happened in its source, in milliseconds since
 *     the epoch; null where there is none
 * @param failure why changes of the table are missing; null where they are all there. Nothing is
 *     committed for it then, not even its quarantine
 * @param upstreamSequence sequence number of the upstream snapshot that all of it is about: where
 *     the table has taken that in by the time of the commit, its counts are another commit's;
 *     {@link Long#MAX_VALUE} for counting always
 * @param feeds the tables of the source that the changes are of, as far as records tell
 * @param logs what was seen of the source's logs, kept with the table's progress ({@link
 *     org.beamlakehouse.io.iceberg.Progress.Position#logs}); null where nothing was. Of several
 *     notes to a table one may tell it
 */
@DefaultCoder(CommitNote.Coder.class)
public record CommitNote(
    String table,
    Map<String, Long> counts,
    List<SideFile> sideFiles,
    @Nullable String halt,
    @Nullable Long newestMillis,
    @Nullable String failure,
    long upstreamSequence,
    Set<TableOrigin> feeds,
    @Nullable String logs)
    implements Serializable {

  public CommitNote {
    requireNonNull(table, "table");
    counts = Map.copyOf(counts);
    sideFiles = List.copyOf(sideFiles);
    feeds = Set.copyOf(feeds);
  }

  /** A note of changes of which it is not known which table of a source they are of. */
  public CommitNote(
      String table,
      Map<String, Long> counts,
      List<SideFile> sideFiles,
      @Nullable String halt,
      @Nullable Long newestMillis,
      @Nullable String failure,
      long upstreamSequence) {
    this(table, counts, sideFiles, halt, newestMillis, failure, upstreamSequence, Set.of());
  }

  /** A note that tells nothing of logs. */
  public CommitNote(
      String table,
      Map<String, Long> counts,
      List<SideFile> sideFiles,
      @Nullable String halt,
      @Nullable Long newestMillis,
      @Nullable String failure,
      long upstreamSequence,
      Set<TableOrigin> feeds) {
    this(table, counts, sideFiles, halt, newestMillis, failure, upstreamSequence, feeds, null);
  }

  /** A note of changes that are all there, from wherever. */
  public CommitNote(
      String table,
      Map<String, Long> counts,
      List<SideFile> sideFiles,
      @Nullable String halt,
      @Nullable Long newestMillis) {
    this(table, counts, sideFiles, halt, newestMillis, null, Long.MAX_VALUE);
  }

  /** A note of a source's logs; without a halt where the table may go on. */
  public static CommitNote ofLogs(String table, @Nullable String halt, @Nullable String logs) {
    return new CommitNote(
        table, Map.of(), List.of(), halt, null, null, Long.MAX_VALUE, Set.of(), logs);
  }

  /** A note that changes of a table are missing. */
  public static CommitNote failed(String table, String failure) {
    return new CommitNote(table, Map.of(), List.of(), null, null, failure, Long.MAX_VALUE);
  }

  /** Coder of {@link CommitNote}. */
  public static final class Coder extends AtomicCoder<CommitNote> {
    private static final long serialVersionUID = 1L;

    /** The coder; it has no settings. */
    public static Coder of() {
      return new Coder();
    }

    /** How Beam finds it for collections without a coder. */
    public static CoderProvider getCoderProvider() {
      return CoderProviders.forCoder(TypeDescriptor.of(CommitNote.class), of());
    }

    @Override
    public void encode(CommitNote note, OutputStream stream) throws IOException {
      DataOutputStream out = new DataOutputStream(stream);
      writeText(note.table(), out);
      out.writeInt(note.counts().size());
      for (Map.Entry<String, Long> count : new TreeMap<>(note.counts()).entrySet()) {
        writeText(count.getKey(), out);
        out.writeLong(count.getValue());
      }
      out.writeInt(note.sideFiles().size());
      for (SideFile file : note.sideFiles()) {
        writeText(file.file(), out);
        out.writeLong(file.upstreamSequence());
      }
      out.writeBoolean(note.halt() != null);
      if (note.halt() != null) {
        writeText(note.halt(), out);
      }
      out.writeBoolean(note.newestMillis() != null);
      if (note.newestMillis() != null) {
        out.writeLong(note.newestMillis());
      }
      out.writeBoolean(note.failure() != null);
      if (note.failure() != null) {
        writeText(note.failure(), out);
      }
      out.writeLong(note.upstreamSequence());
      out.writeInt(note.feeds().size());
      for (TableOrigin feed : note.feeds()) {
        for (String part :
            new String[] {feed.database(), feed.schema(), feed.table(), feed.topic()}) {
          out.writeBoolean(part != null);
          if (part != null) {
            writeText(part, out);
          }
        }
      }
      out.writeBoolean(note.logs() != null);
      if (note.logs() != null) {
        writeText(note.logs(), out);
      }
    }

    @Override
    public CommitNote decode(InputStream stream) throws IOException {
      DataInputStream in = new DataInputStream(stream);
      String table = readText(in);
      Map<String, Long> counts = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        String name = readText(in);
        counts.put(name, in.readLong());
      }
      List<SideFile> files = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        files.add(new SideFile(readText(in), in.readLong()));
      }
      return new CommitNote(
          table,
          counts,
          files,
          in.readBoolean() ? readText(in) : null,
          in.readBoolean() ? in.readLong() : null,
          in.readBoolean() ? readText(in) : null,
          in.readLong(),
          readFeeds(in),
          in.readBoolean() ? readText(in) : null);
    }

    private static Set<TableOrigin> readFeeds(DataInputStream in) throws IOException {
      Set<TableOrigin> feeds = new HashSet<>();
      for (int left = in.readInt(); left > 0; left--) {
        feeds.add(
            new TableOrigin(
                in.readBoolean() ? readText(in) : null,
                in.readBoolean() ? readText(in) : null,
                in.readBoolean() ? readText(in) : null,
                in.readBoolean() ? readText(in) : null));
      }
      return feeds;
    }

    // Not writeUTF: a data file's statistics may be longer than its 64 KB.
    private static void writeText(String text, DataOutputStream out) throws IOException {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    private static String readText(DataInputStream in) throws IOException {
      byte[] bytes = new byte[in.readInt()];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
