package org.beamlakehouse.io.internal.files;

import java.io.FileNotFoundException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.iceberg.io.FileInfo;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Lists files through Iceberg's FileIO: object stores, HDFS and whatever else has a scheme.
 *
 * <p>Object stores know no folders: one that has nothing in it does not exist there.
 */
final class PrefixListing {
  private static final Pattern SCHEME_AND_SLASHES = Pattern.compile("^[^/:]+:/+");

  private PrefixListing() {}

  static List<SourceFile> list(GlobPath glob, SupportsPrefixOperations store) {
    return glob.hasWildcard() ? below(glob, store) : single(glob, store);
  }

  private static List<SourceFile> single(GlobPath glob, SupportsPrefixOperations store) {
    String wanted = withoutScheme(glob.folder());
    boolean folder = false;
    for (FileInfo file : listing(glob, store, glob.folder())) {
      String found = withoutScheme(file.location());
      if (found.equals(wanted)) {
        return List.of(sourceFile(glob.folder(), file));
      }
      folder |= found.startsWith(wanted + "/");
    }
    throw folder ? FileListing.isFolder(glob) : FileListing.noSuchFile(glob);
  }

  private static List<SourceFile> below(GlobPath glob, SupportsPrefixOperations store) {
    String folder = glob.folder().endsWith("/") ? glob.folder() : glob.folder() + "/";
    String start = withoutScheme(folder);
    List<SourceFile> files = new ArrayList<>();
    boolean any = false;
    for (FileInfo file : listing(glob, store, folder)) {
      any = true;
      String location = withoutScheme(file.location());
      // Keys that end in a slash are how some tools mark an empty folder.
      if (location.startsWith(start) && !location.endsWith("/")) {
        String relative = location.substring(start.length());
        if (glob.matches(relative)) {
          files.add(sourceFile(glob.identity(relative), file));
        }
      }
    }
    if (!any) {
      throw FileListing.noSuchFolder(glob);
    }
    return files;
  }

  private static List<FileInfo> listing(
      GlobPath glob, SupportsPrefixOperations store, String prefix) {
    List<FileInfo> found = new ArrayList<>();
    try {
      store.listPrefix(prefix).forEach(found::add);
    } catch (UncheckedIOException e) {
      if (!(e.getCause() instanceof FileNotFoundException)) {
        throw new UncheckedIOException(
            "Cannot list " + glob.configured() + ": " + e.getMessage(), e.getCause());
      }
    }
    return found;
  }

  /** Stores give locations back with other schemes or slashes than they were asked with. */
  private static String withoutScheme(String location) {
    return SCHEME_AND_SLASHES.matcher(location).replaceFirst("");
  }

  private static SourceFile sourceFile(String path, FileInfo file) {
    return new SourceFile(path, file.location(), file.size(), file.createdAtMillis());
  }
}
