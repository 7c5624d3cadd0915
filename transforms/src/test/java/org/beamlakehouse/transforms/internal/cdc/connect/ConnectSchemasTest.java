package org.beamlakehouse.transforms.internal.cdc.connect;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.sameInstance;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.beamlakehouse.transforms.internal.cdc.json.JsonException;
import org.beamlakehouse.transforms.internal.cdc.value.WireType;
import org.junit.jupiter.api.Test;

class ConnectSchemasTest {
  private final ConnectSchemas schemas = new ConnectSchemas();

  @Test
  void theSchemasOfHundredsOfTablesAreParsedOnce() throws JsonException {
    List<byte[]> texts = new ArrayList<>();
    List<WireType> types = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] text = schema("table" + i);
      texts.add(text);
      assertThat(schemas.find(text, 0), is(nullValue()));
      types.add(schemas.read(text, 0, text.length));
    }
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      // In turn, then in any order.
      int table = i < 600 ? i % 300 : random.nextInt(300);
      ConnectSchemas.Known known = schemas.find(behind(texts.get(table)), 3);
      assertThat("table " + table, known, is(notNullValue()));
      assertThat(known.type(), is(sameInstance(types.get(table))));
      assertThat(known.end(), is(3 + texts.get(table).length));
    }
  }

  @Test
  void schemasThatDifferAnywhereAreOthers() throws JsonException {
    byte[] text = schema("orders");
    schemas.read(text, 0, text.length);
    for (int i = 0; i < text.length; i++) {
      byte[] other = text.clone();
      other[i]++;
      assertThat("byte " + i, schemas.find(other, 0), is(nullValue()));
    }
    assertThat(schemas.find(text, 1), is(nullValue()));
  }

  @Test
  void ofVeryManyTheFirstAreForgotten() throws JsonException {
    byte[] last = {};
    for (int i = 0; i < 5_000; i++) {
      last = schema("t" + i);
      schemas.read(last, 0, last.length);
    }
    assertThat(schemas.find(last, 0), is(notNullValue()));
    assertThat(schemas.find(schema("t0"), 0), is(nullValue()));
    assertThat(schemas.find(schema("t4000"), 0), is(notNullValue()));
  }

  private static byte[] schema(String table) {
    return ("{\"type\":\"struct\",\"fields\":[{\"type\":\"int64\",\"field\":\"id\"}],\"name\":\"shop."
            + table
            + ".Envelope\",\"version\":1}")
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] behind(byte[] text) {
    return ("abc" + new String(text, StandardCharsets.UTF_8) + ",")
        .getBytes(StandardCharsets.UTF_8);
  }
}
