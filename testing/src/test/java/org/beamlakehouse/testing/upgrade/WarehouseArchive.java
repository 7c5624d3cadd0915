package org.beamlakehouse.testing.upgrade;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/**
 * A warehouse on an SQLite catalog as one file. Iceberg's metadata has absolute paths in it, so
 * packing and unpacking replace texts in all of it: in the JSON, in manifests and their lists, and
 * in the catalog. Data files have no paths in them.
 */
final class WarehouseArchive {
  private static final String CATALOG = "catalog.db";

  private WarehouseArchive() {}

  /** Packs what lies in a warehouse's folder. */
  static void pack(Path warehouse, Path archive, Map<String, String> replacements)
      throws IOException, SQLException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(warehouse)) {
      for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
        files.put(warehouse.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    replace(files, replacements);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    // Many small files that are much alike: uncompressed within, and compressed as one.
    try (ZipOutputStream out = new ZipOutputStream(plain)) {
      out.setLevel(0);
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
      }
    }
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(archive))) {
      out.setLevel(9);
      out.putNextEntry(new ZipEntry("warehouse.zip"));
      out.write(plain.toByteArray());
    }
  }

  /** Unpacks a warehouse into its folder. */
  static void unpack(InputStream archive, Path warehouse, Map<String, String> replacements)
      throws IOException, SQLException {
    Map<String, byte[]> files = new TreeMap<>();
    try (ZipInputStream outer = new ZipInputStream(archive)) {
      outer.getNextEntry();
      ZipInputStream in = new ZipInputStream(outer);
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        files.put(entry.getName(), in.readAllBytes());
      }
    }
    replace(files, replacements);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = warehouse.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue());
    }
  }

  private static void replace(Map<String, byte[]> files, Map<String, String> replacements)
      throws IOException, SQLException {
    // A list tells the lengths of its manifests, which the new texts may change.
    Map<String, Long> lengths = new TreeMap<>();
    for (boolean lists : new boolean[] {false, true}) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        String name = fileName(file.getKey());
        if (name.endsWith(".avro") && name.startsWith("snap-") == lists) {
          file.setValue(avro(file.getValue(), replacements, lengths));
          lengths.put(name, (long) file.getValue().length);
        }
      }
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      if (file.getKey().endsWith(".json")) {
        String text = new String(file.getValue(), StandardCharsets.UTF_8);
        file.setValue(replaced(text, replacements).getBytes(StandardCharsets.UTF_8));
      }
    }
    files.put(CATALOG, catalog(files.get(CATALOG), replacements));
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String replaced(String text, Map<String, String> replacements) {
    String result = text;
    for (Map.Entry<String, String> one : replacements.entrySet()) {
      result = result.replace(one.getKey(), one.getValue());
    }
    return result;
  }

  private static byte[] avro(
      byte[] file, Map<String, String> replacements, Map<String, Long> lengths) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DataFileStream<GenericRecord> records =
            new DataFileStream<>(new ByteArrayInputStream(file), new GenericDatumReader<>());
        DataFileWriter<GenericRecord> writer =
            new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      for (String key : records.getMetaKeys()) {
        if (!DataFileWriter.isReservedMeta(key)) {
          writer.setMeta(key, records.getMeta(key));
        }
      }
      writer.setCodec(CodecFactory.deflateCodec(9));
      writer.create(records.getSchema(), out);
      for (GenericRecord record : records) {
        replace(record, replacements);
        if (record.hasField("manifest_length")) {
          Long length = lengths.get(fileName(record.get("manifest_path").toString()));
          record.put("manifest_length", length);
        }
        writer.append(record);
      }
    }
    return out.toByteArray();
  }

  private static void replace(GenericRecord record, Map<String, String> replacements) {
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = record.get(field.pos());
      if (value instanceof Utf8 text) {
        record.put(field.pos(), new Utf8(replaced(text.toString(), replacements)));
      } else if (value instanceof GenericRecord inner) {
        replace(inner, replacements);
      }
    }
  }

  private static byte[] catalog(byte[] file, Map<String, String> replacements)
      throws IOException, SQLException {
    Path copy = Files.createTempFile("catalog", ".db");
    try {
      Files.write(copy, file);
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy)) {
        for (Map.Entry<String, String> one : replacements.entrySet()) {
          for (String column : List.of("metadata_location", "previous_metadata_location")) {
            try (PreparedStatement update =
                connection.prepareStatement(
                    "UPDATE iceberg_tables SET " + column + " = replace(" + column + ", ?, ?)")) {
              update.setString(1, one.getKey());
              update.setString(2, one.getValue());
              update.execute();
            }
          }
        }
        try (var vacuum = connection.createStatement()) {
          vacuum.execute("VACUUM");
        }
      }
      return Files.readAllBytes(copy);
    } finally {
      Files.delete(copy);
    }
  }
}
