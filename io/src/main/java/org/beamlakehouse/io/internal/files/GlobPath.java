package org.beamlakehouse.io.internal.files;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A configured path, split into the folder that is given literally and the glob below it.
 *
 * <p>The glob has the meaning of {@link java.nio.file.FileSystem#getPathMatcher}: {@code *} and
 * {@code ?} stay within a folder, {@code **} crosses folders, {@code {a,b}} and {@code [a-z]} as
 * usual. But {@code **} between slashes stands for any number of folders, none among them, as in
 * shells; Java's own wants one at least, which leaves out files where everybody looks for them.
 */
final class GlobPath {
  private static final Pattern SCHEME = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]+:/.*");
  private static final Pattern WILDCARD = Pattern.compile(".*[*?\\[{\\\\].*");

  /** Two stars that are all there is between slashes. */
  private static final Pattern ANY_FOLDERS = Pattern.compile("(^|/)\\*\\*/");

  private final String configured;
  private final String folder;
  private final String glob;
  private final List<PathMatcher> matchers;

  private GlobPath(String configured, String folder, String glob) {
    this.configured = configured;
    this.folder = folder;
    this.glob = glob;
    this.matchers = glob.isEmpty() ? List.of() : matchers(configured, glob);
  }

  static GlobPath parse(String configured) {
    if (configured.isBlank()) {
      throw new IllegalArgumentException(
          "Cannot read a source of files: its path is empty; set it to a glob like data/*.jsonl");
    }
    String root = root(configured);
    List<String> literal = new ArrayList<>();
    List<String> pattern = new ArrayList<>();
    for (String segment : configured.substring(root.length()).split("/")) {
      if (!pattern.isEmpty() || WILDCARD.matcher(segment).matches()) {
        pattern.add(segment);
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        literal.add(segment);
      }
    }
    for (String segment : pattern) {
      if (ignored(segment)) {
        throw new IllegalArgumentException(
            "Cannot read "
                + configured
                + ": below a wildcard, names that start with . or _ or end in .tmp or .crc are"
                + " taken for unfinished files and never read; rename the files, or name them"
                + " without a wildcard");
      }
    }
    return new GlobPath(configured, root + String.join("/", literal), String.join("/", pattern));
  }

  /** What stands before the first segment: a scheme with its authority's slashes, or a slash. */
  private static String root(String configured) {
    int end = hasScheme(configured) ? configured.indexOf(':') + 1 : 0;
    while (end < configured.length() && configured.charAt(end) == '/') {
      end++;
    }
    return configured.substring(0, end);
  }

  private static List<PathMatcher> matchers(String configured, String glob) {
    try {
      matcher(glob);
      List<String> plain = new ArrayList<>();
      addWithoutBraces(glob, plain);
      return plain.stream()
          .map(g -> matcher(ANY_FOLDERS.matcher(g).replaceAll("$1{,**/}")))
          .toList();
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "Cannot read " + configured + ": the glob is malformed: " + e.getDescription(), e);
    }
  }

  private static PathMatcher matcher(String glob) {
    return FileSystems.getDefault().getPathMatcher("glob:" + glob);
  }

  /** Adds a glob for each of the alternatives in braces, which are well-formed and not nested. */
  private static void addWithoutBraces(String glob, List<String> plain) {
    int open = indexOf('{', glob, 0);
    if (open < 0) {
      plain.add(glob);
      return;
    }
    int close = indexOf('}', glob, open + 1);
    int start = open + 1;
    while (start <= close) {
      int comma = indexOf(',', glob, start);
      int end = comma < 0 ? close : Math.min(comma, close);
      addWithoutBraces(
          glob.substring(0, open) + glob.substring(start, end) + glob.substring(close + 1), plain);
      start = end + 1;
    }
  }

  /** Where a character stands that is neither escaped nor in brackets; -1 where it does not. */
  private static int indexOf(char wanted, String glob, int from) {
    for (int i = from; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (c == wanted) {
        return i;
      }
      if (c == '\\') {
        i++;
      } else if (c == '[') {
        i = glob.indexOf(']', i);
      }
    }
    return -1;
  }

  /** The path as it was configured, for messages. */
  String configured() {
    return configured;
  }

  /** True where the path has a scheme, as in {@code s3://bucket/folder}. */
  boolean hasScheme() {
    return hasScheme(configured);
  }

  static boolean hasScheme(String path) {
    return SCHEME.matcher(path).matches();
  }

  /** True where the path has wildcards; otherwise it names one file. */
  boolean hasWildcard() {
    return !glob.isEmpty();
  }

  /** The literal part: the folder to list, or the file where there is no wildcard. */
  String folder() {
    return folder;
  }

  /** How many folders deep files can lie that match. */
  int depth() {
    return glob.contains("**") ? Integer.MAX_VALUE : glob.split("/").length;
  }

  /** True where a file at a path relative to the folder (with forward slashes) is meant. */
  boolean matches(String relative) {
    for (String segment : relative.split("/")) {
      if (ignored(segment)) {
        return false;
      }
    }
    Path path = Path.of(relative);
    return matchers.stream().anyMatch(matcher -> matcher.matches(path));
  }

  /** The identity of a file at a path relative to the folder. */
  String identity(String relative) {
    return folder.isEmpty() || folder.endsWith("/") ? folder + relative : folder + "/" + relative;
  }

  /** Names by which writers mark what is unfinished or their own. */
  static boolean ignored(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith(".") && !lower.equals("..")
        || lower.startsWith("_")
        || lower.endsWith(".tmp")
        || lower.endsWith(".crc");
  }
}
