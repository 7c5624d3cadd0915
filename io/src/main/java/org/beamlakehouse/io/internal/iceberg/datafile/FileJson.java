package org.beamlakehouse.io.internal.iceberg.datafile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.ContentFileParser;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.Table;

/** Data and delete files as text: how the stage that writes them hands them to the commit. */
public final class FileJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private FileJson() {}

  /** A file of a table as text. */
  public static String write(Table table, ContentFile<?> file) {
    return ContentFileParser.toJson(file, table.specs().get(file.specId()));
  }

  /** The data file that {@link #write} wrote for the same table. */
  public static DataFile dataFile(Table table, String json) {
    return (DataFile) read(table, json);
  }

  /** The delete file that {@link #write} wrote for the same table. */
  public static DeleteFile deleteFile(Table table, String json) {
    return (DeleteFile) read(table, json);
  }

  /** A file of either kind that {@link #write} wrote for the same table. */
  public static ContentFile<?> read(Table table, String json) {
    try {
      return ContentFileParser.fromJson(JSON.readTree(json), table.specs());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          "Cannot read the description of a file of " + table.name(), e);
    }
  }
}
