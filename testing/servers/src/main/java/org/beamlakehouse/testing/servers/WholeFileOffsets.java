package org.beamlakehouse.testing.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.FileOffsetBackingStore;

/**
 * Offsets of connectors in a file that is always whole. Kafka's own store writes its file in place
 * and takes a torn one for none at all: a connector that was killed then would begin anew.
 */
final class WholeFileOffsets extends FileOffsetBackingStore {
  private Path written;
  private Path whole;

  WholeFileOffsets(Converter keyConverter) {
    super(keyConverter);
  }

  @Override
  public void configure(WorkerConfig config) {
    super.configure(config);
    written = Path.of(config.getString(StandaloneConfig.OFFSET_STORAGE_FILE_FILENAME_CONFIG));
    whole = written.resolveSibling(written.getFileName() + ".whole");
  }

  @Override
  public synchronized void start() {
    try {
      if (Files.exists(whole)) {
        Files.copy(whole, written, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new ConnectException("Cannot read offsets: " + e.getMessage(), e);
    }
    super.start();
  }

  @Override
  protected void save() {
    super.save();
    try {
      Files.move(written, whole, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new ConnectException("Cannot write offsets: " + e.getMessage(), e);
    }
  }
}
