package org.beamlakehouse.io.internal.iceberg.catalog;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.arrayContaining;
import static org.hamcrest.Matchers.instanceOf;
import static org.hamcrest.Matchers.is;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {
  @TempDir java.nio.file.Path folder;

  @Test
  void setsPermissionsOfFilesAndFolders() throws IOException {
    try (FileSystem files = FileSystem.newInstance(folder.toUri(), Catalogs.hadoop())) {
      for (String mode : new String[] {"rw-------", "rwxr-x---", "rw-r--r--"}) {
        java.nio.file.Path file = folder.resolve("file");
        Path path = new Path(file.toUri());
        files.create(path, true).close();
        files.setPermission(path, FsPermission.valueOf("-" + mode));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)), is(mode));
      }
    }
  }

  @Test
  void leavesNothingBesideAFile() throws IOException {
    try (FileSystem files = FileSystem.newInstance(folder.toUri(), Catalogs.hadoop())) {
      try (FSDataOutputStream out = files.create(new Path(folder.resolve("file").toUri()))) {
        out.write(new byte[1_000]);
      }
      assertThat(folder.toFile().list(), is(arrayContaining("file")));
    }
  }

  @Test
  void isTheLocalFileSystemThatHadoopExpects() throws IOException {
    try (FileSystem files = FileSystem.newInstance(folder.toUri(), Catalogs.hadoop())) {
      assertThat(files, instanceOf(LocalFiles.class));
      assertThat(files, instanceOf(LocalFileSystem.class));
    }
  }
}
