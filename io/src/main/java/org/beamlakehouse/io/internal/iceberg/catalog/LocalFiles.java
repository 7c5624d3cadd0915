package org.beamlakehouse.io.internal.iceberg.catalog;

import java.io.File;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, setting permissions without starting a process, and without a file of
 * checksums beside each file: Parquet and Avro have checksums of their own, and there would be
 * twice as many files to make, to open and to delete.
 *
 * <p>Where Hadoop's native library is missing, which is nearly everywhere but on a cluster, the
 * original runs {@code chmod} for every file that it creates. An Iceberg commit creates many small
 * files: the processes cost more time than everything else that a small commit does.
 *
 * <p>Public because Hadoop creates it by name.
 */
public final class LocalFiles extends LocalFileSystem {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  /** For Hadoop. */
  public LocalFiles() {
    super(new Raw());
    setWriteChecksum(false);
    setVerifyChecksum(false);
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (!POSIX || permission.getStickyBit()) {
        super.setPermission(path, permission);
        return;
      }
      File file = pathToFile(path);
      Files.setPosixFilePermissions(
          file.toPath(), PosixFilePermissions.fromString(permission.toString()));
    }
  }
}
