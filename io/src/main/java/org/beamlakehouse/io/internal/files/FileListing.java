package org.beamlakehouse.io.internal.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.function.Supplier;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Lists the files that a configured path names, sorted by path.
 *
 * <p>Local paths are listed with {@code java.nio} (symbolic links are followed), paths with a
 * scheme through Iceberg's FileIO. Below a wildcard, files and folders are ignored whose names
 * start with {@code .} or {@code _} or end in {@code .tmp} or {@code .crc}: they are not finished
 * or not data. Folders that a wildcard matches are ignored as well. A wildcard that matches no file
 * gives an empty list; a path that cannot name any file is an error.
 */
public final class FileListing {
  private FileListing() {}

  /**
   * Lists files.
   *
   * @param baseFolder what a relative path is relative to; a local folder
   * @param path a file or a glob
   * @param store opens the storage of paths with a scheme; not called for others
   * @throws IllegalArgumentException where the path names a folder, or a file or folder that does
   *     not exist, or is malformed
   * @throws UncheckedIOException where listing fails
   */
  public static List<SourceFile> list(
      String baseFolder, String path, Supplier<? extends SupportsPrefixOperations> store) {
    GlobPath glob = GlobPath.parse(path);
    List<SourceFile> files;
    if (glob.hasScheme()) {
      files = PrefixListing.list(glob, store.get());
    } else if (glob.hasWildcard()) {
      files = walk(glob, Path.of(baseFolder).resolve(glob.folder()));
    } else {
      files = List.of(single(glob, Path.of(baseFolder).resolve(glob.folder())));
    }
    return files.stream().sorted(Comparator.comparing(SourceFile::path)).toList();
  }

  private static SourceFile single(GlobPath glob, Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      if (attributes.isDirectory()) {
        throw isFolder(glob);
      }
      return sourceFile(glob.folder(), file, attributes);
    } catch (NoSuchFileException e) {
      throw noSuchFile(glob);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + glob.configured() + ": " + e, e);
    }
  }

  private static List<SourceFile> walk(GlobPath glob, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw noSuchFolder(glob);
    }
    List<SourceFile> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          folder,
          EnumSet.of(FileVisitOption.FOLLOW_LINKS),
          glob.depth(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
              return dir.equals(folder) || !GlobPath.ignored(dir.getFileName().toString())
                  ? FileVisitResult.CONTINUE
                  : FileVisitResult.SKIP_SUBTREE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              // At the greatest depth folders are visited like files. A broken link is kept: that
              // it cannot be read is reported when it is tried.
              String relative = folder.relativize(file).toString().replace('\\', '/');
              if (!attributes.isDirectory() && glob.matches(relative)) {
                files.add(sourceFile(glob.identity(relative), file, attributes));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              // A link that leads back up shows nothing new; what has just been deleted is gone.
              if (e instanceof FileSystemLoopException || e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot list "
              + glob.configured()
              + ": "
              + e
              + "; make every folder below "
              + glob.folder()
              + " readable",
          e);
    }
    return files;
  }

  private static SourceFile sourceFile(String path, Path file, BasicFileAttributes attributes) {
    return new SourceFile(
        path,
        file.toAbsolutePath().toString(),
        attributes.size(),
        attributes.lastModifiedTime().toMillis());
  }

  static IllegalArgumentException isFolder(GlobPath glob) {
    return new IllegalArgumentException(
        "Cannot read "
            + glob.configured()
            + ": it is a directory; use "
            + (glob.folder().endsWith("/") ? glob.folder() : glob.folder() + "/")
            + "*.jsonl");
  }

  static IllegalArgumentException noSuchFile(GlobPath glob) {
    return new IllegalArgumentException(
        "Cannot read "
            + glob.configured()
            + ": there is no such file; put it there or correct the path of the source");
  }

  static IllegalArgumentException noSuchFolder(GlobPath glob) {
    return new IllegalArgumentException(
        "Cannot read "
            + glob.configured()
            + ": there is no folder "
            + (glob.folder().isEmpty() ? "." : glob.folder())
            + "; create it or correct the path of the source");
  }
}
