package org.beamlakehouse.transforms.internal.cdc.avro;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.internal.cdc.json.JsonReader;
import org.beamlakehouse.transforms.internal.cdc.value.DecimalReader;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;

/** Passes over Avro values of any type, or shows them as JSON. */
public final class AvroValues {
  /** A number of this many places is written with an exponent. */
  private static final int MAX_PLAIN_SCALE = 100;

  private AvroValues() {}

  /**
   * Passes over a value and checks all of it, text included, so that whoever reads it later finds
   * nothing that its type does not tell.
   */
  public static void skip(AvroType type, AvroInput in) throws AvroException {
    skip(type, in, 0);
  }

  private static void skip(AvroType type, AvroInput in, int depth) throws AvroException {
    if (depth > JsonReader.MAX_DEPTH) {
      throw AvroException.tooDeep();
    }
    switch (type.kind()) {
      case NULL -> {
        // Takes no bytes.
      }
      case BOOLEAN -> in.readBoolean();
      case INT -> in.readInt();
      case LONG -> in.readLong();
      case FLOAT -> in.readFloat();
      case DOUBLE -> in.readDouble();
      case BYTES -> in.readBytes();
      case STRING -> in.readText();
      case FIXED -> in.readBytes(type.size());
      case ENUM -> in.readIndex(type.symbols().size());
      case UNION -> skip(branch(type, in), in, depth + 1);
      case RECORD -> {
        for (int i = 0; i < type.parts().size(); i++) {
          skip(type.parts().get(i), in, depth + 1);
        }
      }
      case ARRAY -> {
        for (long left = in.readItemCount(); left > 0; left = in.readItemCount()) {
          for (; left > 0; left--) {
            skip(type.element(), in, depth + 1);
          }
        }
      }
      case MAP -> {
        for (long left = in.readItemCount(); left > 0; left = in.readItemCount()) {
          for (; left > 0; left--) {
            in.readText();
            skip(type.element(), in, depth + 1);
          }
        }
      }
    }
  }

  /** The type of the value that follows, which is no union. */
  public static AvroType branch(AvroType type, AvroInput in) throws AvroException {
    AvroType branch = type;
    while (branch.kind() == Schema.Type.UNION) {
      branch = branch.parts().get(in.readIndex(branch.parts().size()));
    }
    return branch;
  }

  /**
   * Reads a value that was checked before as JSON: as Connect's converter writes it, but decimals
   * as numbers.
   */
  public static String json(AvroType type, AvroInput in) throws AvroException {
    StringBuilder json = new StringBuilder();
    write(type, in, json);
    return json.toString();
  }

  private static void write(AvroType declared, AvroInput in, StringBuilder json)
      throws AvroException {
    AvroType type = branch(declared, in);
    switch (type.kind()) {
      case BOOLEAN -> json.append(in.readBoolean());
      case INT -> json.append(in.readInt());
      case LONG -> json.append(in.readLong());
      case FLOAT -> {
        float value = in.readFloat();
        number(Float.toString(value), Float.isFinite(value), json);
      }
      case DOUBLE -> {
        double value = in.readDouble();
        number(Double.toString(value), Double.isFinite(value), json);
      }
      case BYTES -> {
        in.readBytes();
        bytes(type, in, json);
      }
      case FIXED -> {
        in.readBytes(type.size());
        bytes(type, in, json);
      }
      case STRING -> {
        in.readBytes();
        text(in.string(), json);
      }
      case ENUM -> text(symbol(type, in), json);
      case RECORD -> {
        String separator = "{";
        for (int i = 0; i < type.parts().size(); i++) {
          json.append(separator);
          text(type.names().get(i), json);
          json.append(':');
          write(type.parts().get(i), in, json);
          separator = ",";
        }
        json.append(type.parts().isEmpty() ? "{}" : "}");
      }
      case ARRAY -> items(type, in, json, '[', ']');
      case MAP -> items(type, in, json, '{', '}');
      case NULL, UNION -> json.append("null");
    }
  }

  private static void items(
      AvroType type, AvroInput in, StringBuilder json, char opening, char closing)
      throws AvroException {
    json.append(opening);
    boolean first = true;
    for (long left = in.readItemCount(); left > 0; left = in.readItemCount()) {
      for (; left > 0; left--) {
        if (!first) {
          json.append(',');
        }
        first = false;
        if (opening == '{') {
          in.readBytes();
          text(in.string(), json);
          json.append(':');
        }
        write(type.element(), in, json);
      }
    }
    json.append(closing);
  }

  private static void number(String digits, boolean finite, StringBuilder json) {
    if (finite) {
      json.append(digits);
    } else {
      text(digits, json);
    }
  }

  private static void bytes(AvroType type, AvroInput in, StringBuilder json) {
    BigDecimal decimal =
        type.wire().kind() == WireType.Kind.DECIMAL
            ? DecimalReader.decode(in.bytes(), in.from(), in.to(), type.wire().scale())
            : null;
    if (decimal != null) {
      boolean plain = Math.abs((long) decimal.scale()) <= MAX_PLAIN_SCALE;
      json.append(plain ? decimal.toPlainString() : decimal.toString());
    } else {
      byte[] bytes = Arrays.copyOfRange(in.bytes(), in.from(), in.to());
      text(Base64.getEncoder().encodeToString(bytes), json);
    }
  }

  private static String symbol(AvroType type, AvroInput in) throws AvroException {
    byte[] symbol = type.symbols().get(in.readIndex(type.symbols().size()));
    return new String(symbol, StandardCharsets.UTF_8);
  }

  private static void text(String text, StringBuilder json) {
    json.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    json.append('"');
  }
}
