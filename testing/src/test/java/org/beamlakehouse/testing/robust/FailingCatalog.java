package org.beamlakehouse.testing.robust;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A catalog that fails on demand: it goes away right before or right after a certain commit, to
 * come back when it is told to, or gives wrong answers to all commits that it makes. Its settings
 * are those of the process, as there is one such catalog at a time.
 */
public final class FailingCatalog extends JdbcCatalog {
  /** What happens at a commit. */
  enum Failure {
    /** The catalog goes away before it has made the commit. */
    GONE_BEFORE,
    /** It goes away when it has made the commit. */
    GONE_AFTER,
    /** It makes every commit, and says of each table's first that somebody else was faster. */
    SAYS_FAILED,
    /** It makes every commit, and of each table's first no answer arrives. */
    SAYS_NOTHING,
    NONE
  }

  private static final Map<String, Integer> COUNTS = new ConcurrentHashMap<>();
  private static final Set<String> ANSWERED = ConcurrentHashMap.newKeySet();
  private static final List<String> COMMITS = new CopyOnWriteArrayList<>();
  private static volatile Failure failure = Failure.NONE;
  private static volatile String failing = "";
  private static volatile boolean gone;

  /**
   * From now on commits are counted from 1, table by table, and one of them fails, if it does so
   * alone.
   *
   * @param commit as {@link #commits()} has it
   */
  static void fail(Failure how, String commit) {
    COUNTS.clear();
    COMMITS.clear();
    ANSWERED.clear();
    gone = false;
    failing = commit;
    failure = how;
  }

  /** The commits since, in their order, each as its table and its number among the table's. */
  static List<String> commits() {
    return new ArrayList<>(COMMITS);
  }

  /** Whether the catalog went away since. */
  static boolean isGone() {
    return gone;
  }

  @Override
  protected TableOperations newTableOps(TableIdentifier table) {
    checkThere();
    TableOperations operations = super.newTableOps(table);
    return (TableOperations)
        Proxy.newProxyInstance(
            TableOperations.class.getClassLoader(),
            new Class<?>[] {TableOperations.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("commit")) {
                commit(table, operations, method, arguments);
                return null;
              }
              if (method.getName().equals("refresh")) {
                checkThere();
              }
              return invoke(operations, method, arguments);
            });
  }

  private static void commit(
      TableIdentifier table, TableOperations operations, Method method, Object[] arguments)
      throws Throwable {
    checkThere();
    String commit = table + " " + COUNTS.merge(table.toString(), 1, Integer::sum);
    COMMITS.add(commit);
    if (commit.equals(failing) && failure == Failure.GONE_BEFORE) {
      gone = true;
      checkThere();
    }
    invoke(operations, method, arguments);
    if (commit.equals(failing) && failure == Failure.GONE_AFTER) {
      gone = true;
      checkThere();
    }
    if (failure != Failure.SAYS_FAILED && failure != Failure.SAYS_NOTHING
        || !addsSnapshot((TableMetadata) arguments[0], (TableMetadata) arguments[1])
        || !ANSWERED.add(table.toString())) {
      return;
    }
    throw failure == Failure.SAYS_FAILED
        ? new CommitFailedException("Somebody else was faster")
        : new CommitStateUnknownException(new IllegalStateException("No answer"));
  }

  private static boolean addsSnapshot(@Nullable TableMetadata base, TableMetadata next) {
    return base != null && base.snapshots().size() < next.snapshots().size();
  }

  private static void checkThere() {
    if (gone) {
      throw new IllegalStateException("The catalog is gone");
    }
  }

  private static Object invoke(TableOperations operations, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(operations, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
