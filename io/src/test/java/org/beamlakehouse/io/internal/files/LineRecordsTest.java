package org.beamlakehouse.io.internal.files;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records are the bytes between line ends, however the stream happens to arrive. */
class LineRecordsTest {
  /** Bytes that matter to the splitter, and some that do not. */
  private static final byte[] ALPHABET = {
    '\n', '\n', '\r', 'a', 0, (byte) 0xEF, (byte) 0xBB, (byte) 0xBF
  };

  @Property(tries = 2000)
  void recordsAreWhatANaiveSplitGives(
      @ForAll @Size(max = 300) byte[] random, @ForAll long seed, @ForAll boolean ahead)
      throws IOException {
    byte[] content = new byte[random.length];
    for (int i = 0; i < content.length; i++) {
      content[i] = ALPHABET[random[i] & 7];
    }
    try (LineRecords records = new LineRecords(new Trickle(content, seed), 1)) {
      if (ahead) {
        assertThat(records.buffer(1000), is(true));
      }
      assertThat(read(records), is(naive(content)));
    }
  }

  @Test
  void aByteOrderMarkIsSkippedAtTheStartOnly() throws IOException {
    assertThat(split("\uFEFFa\n\uFEFFb"), is(List.of("a", "\uFEFFb")));
    assertThat(split("\uFEFF"), is(List.of()));
    assertThat(split("\uFEFF\n"), is(List.of("")));
  }

  @Test
  void slicesOfABufferedStreamStayValid() throws IOException {
    byte[] content = "one\ntwo\nthree".getBytes(StandardCharsets.UTF_8);
    LineRecords records = new LineRecords(new ByteArrayInputStream(content), 4);
    assertThat(records.buffer(100), is(true));
    records.next();
    byte[] bytes = records.bytes();
    int start = records.start();
    int length = records.length();
    while (records.next()) {}
    assertThat(new String(bytes, start, length, StandardCharsets.UTF_8), is("one"));
  }

  @Property(tries = 300)
  void gzipOfAnyMembersIsReadWholeAndCutOffGzipFails(
      @ForAll @Size(max = 4) List<@Size(max = 200) byte[]> members,
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 30) int cut)
      throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    int last = 0;
    for (byte[] member : members) {
      last = file.size();
      try (GZIPOutputStream gzip = new GZIPOutputStream(file)) {
        gzip.write(member);
      }
      content.writeBytes(member);
    }
    if (members.isEmpty()) {
      return;
    }
    byte[] stored = file.toByteArray();
    try (InputStream in = new GzipInput(new Trickle(stored, seed))) {
      assertThat(in.readAllBytes(), is(content.toByteArray()));
    }
    int end = Math.max(stored.length - cut, last + 1);
    byte[] part = Arrays.copyOf(stored, end);
    assertThrows(IOException.class, () -> new GzipInput(new Trickle(part, seed)).readAllBytes());
  }

  private static List<String> split(String content) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    try (LineRecords records = new LineRecords(new ByteArrayInputStream(bytes), 1)) {
      List<String> all = new ArrayList<>();
      while (records.next()) {
        all.add(
            new String(records.bytes(), records.start(), records.length(), StandardCharsets.UTF_8));
      }
      return all;
    }
  }

  private static List<List<Byte>> read(LineRecords records) throws IOException {
    List<List<Byte>> all = new ArrayList<>();
    while (records.next()) {
      all.add(boxed(records.bytes(), records.start(), records.start() + records.length()));
    }
    return all;
  }

  private static List<List<Byte>> naive(byte[] content) {
    List<List<Byte>> all = new ArrayList<>();
    int start = 0;
    if (content.length >= 3
        && content[0] == (byte) 0xEF
        && content[1] == (byte) 0xBB
        && content[2] == (byte) 0xBF) {
      start = 3;
    }
    for (int i = start; i < content.length; i++) {
      if (content[i] == '\n') {
        all.add(boxed(content, start, i > start && content[i - 1] == '\r' ? i - 1 : i));
        start = i + 1;
      }
    }
    if (start < content.length) {
      all.add(boxed(content, start, content.length));
    }
    return all;
  }

  private static List<Byte> boxed(byte[] bytes, int start, int end) {
    List<Byte> boxed = new ArrayList<>();
    for (int i = start; i < end; i++) {
      boxed.add(bytes[i]);
    }
    return boxed;
  }

  /** Gives a few bytes at a time and says that none are available, as remote storage does. */
  private static final class Trickle extends InputStream {
    private final byte[] content;
    private final Random random;
    private int position;

    Trickle(byte[] content, long seed) {
      this.content = content;
      this.random = new Random(seed);
    }

    @Override
    public int read() {
      return position < content.length ? content[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (position == content.length) {
        return -1;
      }
      int count = Math.min(Math.min(length, 1 + random.nextInt(9)), content.length - position);
      System.arraycopy(content, position, bytes, offset, count);
      position += count;
      return count;
    }
  }

  @Test
  void aRecordAboveTheLimitIsNamedAndNeverHeldWhole() throws IOException {
    // 8 GB of one line behind a good one.
    InputStream endless =
        new InputStream() {
          private final byte[] good = "good\n".getBytes(StandardCharsets.UTF_8);
          private long given;

          @Override
          public int read() {
            return given < good.length ? good[(int) given++] : given++ < 8L << 30 ? 'x' : -1;
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (given < good.length) {
              bytes[offset] = (byte) read();
              return 1;
            }
            int count = (int) Math.min(length, (8L << 30) - given);
            java.util.Arrays.fill(bytes, offset, offset + Math.max(0, count), (byte) 'x');
            given += count;
            return count > 0 ? count : -1;
          }
        };
    LineRecords records = new LineRecords(endless, 16, 1000);

    assertThat(records.next(), is(true));
    IOException error = assertThrows(RecordTooLargeException.class, records::next);

    assertThat(error.getMessage(), is("its record 1 is larger than 1000 bytes"));
    assertThat(records.bytes().length <= 4000, is(true));
  }

  @ParameterizedTest
  @CsvSource({"999,true", "1000,true", "1001,false"})
  void theLimitCountsTheRecordWithoutItsEnd(int size, boolean taken) throws IOException {
    for (String end : List.of("", "\n", "\r\n", "\r\nnext")) {
      byte[] content = ("x".repeat(size) + end).getBytes(StandardCharsets.UTF_8);
      for (int capacity : new int[] {1, 1000, 4000}) {
        LineRecords records = new LineRecords(new ByteArrayInputStream(content), capacity, 1000);
        if (taken) {
          assertThat(records.next(), is(true));
          assertThat(records.length(), is(size));
        } else {
          assertThrows(RecordTooLargeException.class, records::next);
        }
      }
    }
  }
}
