package org.beamlakehouse.io.internal.merge.write;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.util.PartitionMap;
import org.apache.iceberg.util.PropertyUtil;
import org.beamlakehouse.io.internal.merge.stored.StoredFile;
import org.beamlakehouse.io.internal.merge.table.RewriteThreshold;

/**
 * Which of the data files that lose rows a merge writes anew, so that they hold no deleted row, and
 * which only get deletes. Copying on write takes all of them; merging on read those that the
 * table's property {@value RewriteThreshold#KEY} asks for, and none without it.
 *
 * <p>A file of which at least that share of rows is deleted, by this merge and those before, is
 * rewritten. Small files of its partition that lose rows as well are rewritten with it, the most
 * deleted from first, as long as the share of all of them together stays as high. So no file of
 * which a merge deletes rows is left with a higher share, the small files of many merges are joined
 * now and then, and a merge copies fewer than {@code 1 / threshold} rows for each deleted row that
 * readers are spared.
 *
 * <p>Both rules are those of Iceberg's {@code rewrite_data_files}, with its options {@code
 * delete-ratio-threshold} and {@code min-file-size-bytes}.
 */
final class RewriteChoice {

  private static final double ALL = 0;
  private static final double NONE = Double.POSITIVE_INFINITY;

  /** As Iceberg's {@code min-file-size-bytes}, in parts of the size that files should have. */
  private static final double SMALL = 0.75;

  private final Map<Integer, PartitionSpec> specs;
  private final double threshold;
  private final double smallLength;

  private RewriteChoice(Map<Integer, PartitionSpec> specs, double threshold, double smallLength) {
    this.specs = specs;
    this.threshold = threshold;
    this.smallLength = smallLength;
  }

  /** The choice of a table whose {@link RewriteThreshold#isShare threshold is a share}. */
  static RewriteChoice of(Table table) {
    long length =
        PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
    double threshold =
        RowRemoval.of(table) == RowRemoval.REWRITTEN_FILES
            ? ALL
            : PropertyUtil.propertyAsDouble(table.properties(), RewriteThreshold.KEY, NONE);
    return new RewriteChoice(table.specs(), threshold, SMALL * length);
  }

  /** Those of some files, none of them empty, that are to be rewritten, by their partitions. */
  PartitionMap<List<StoredFile>> among(List<StoredFile> files) {
    PartitionMap<List<StoredFile>> chosen = PartitionMap.create(specs);
    if (threshold == NONE) {
      return chosen;
    }
    PartitionMap<List<StoredFile>> all = PartitionMap.create(specs);
    for (StoredFile file : files) {
      all.computeIfAbsent(file.file().specId(), file.file().partition(), ArrayList::new).add(file);
    }
    all.forEach(
        (partition, samePartition) -> {
          List<StoredFile> rewritten = choose(samePartition);
          if (!rewritten.isEmpty()) {
            chosen.put(partition, rewritten);
          }
        });
    return chosen;
  }

  private List<StoredFile> choose(List<StoredFile> files) {
    files.sort(Comparator.comparingDouble(StoredFile::deletedShare).reversed());
    List<StoredFile> chosen = new ArrayList<>();
    long rows = 0;
    long deleted = 0;
    for (StoredFile file : files) {
      boolean wanted =
          file.deletedShare() >= threshold || file.file().fileSizeInBytes() < smallLength;
      long rowsWithIt = rows + file.file().recordCount();
      long deletedWithIt = deleted + file.deletedCount();
      if (wanted && deletedWithIt >= threshold * rowsWithIt) {
        chosen.add(file);
        rows = rowsWithIt;
        deleted = deletedWithIt;
      }
    }
    return chosen;
  }
}
