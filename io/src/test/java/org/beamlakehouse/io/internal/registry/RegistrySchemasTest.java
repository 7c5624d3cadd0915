package org.beamlakehouse.io.internal.registry;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.beam.sdk.util.SerializableUtils;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schemas of a registry, how they are asked for, and what its answers mean. */
class RegistrySchemasTest {
  private static final String LONG = "{\"schema\":\"\\\"long\\\"\"}";

  private final List<Duration> pauses = new ArrayList<>();
  private FakeRegistry registry;
  private long nanos;

  @BeforeEach
  void start() throws IOException {
    registry = new FakeRegistry();
  }

  @AfterEach
  void stop() {
    registry.close();
  }

  @Test
  void eachSchemaIsAskedForOnceInAProcess() throws UnusableSchemaException {
    registry.put("/schemas/ids/7", LONG);
    RegistrySchemas schemas = new RegistrySchemas(config(Map.of()));

    Schema first = schemas.schema(7);
    Schema again = SerializableUtils.clone(schemas).schema(7);

    assertThat(first, is(Schema.create(Schema.Type.LONG)));
    assertThat(again == first, is(true));
    assertThat(registry.requests(), is(List.of("/schemas/ids/7")));
  }

  @Test
  void referencesAreFetchedBeforeWhatRefersToThem() throws UnusableSchemaException {
    registry.put(
        "/schemas/ids/1",
        "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"shop.Order\\\",\\\"fields\\\":["
            + "{\\\"name\\\":\\\"to\\\",\\\"type\\\":\\\"shop.Address\\\"},"
            + "{\\\"name\\\":\\\"by\\\",\\\"type\\\":\\\"shop.City\\\"}]}\","
            + "\"references\":[{\"name\":\"a\",\"subject\":\"shop address\",\"version\":3},"
            + "{\"name\":\"c\",\"subject\":\"city\",\"version\":1}]}");
    registry.put(
        "/subjects/shop%20address/versions/3",
        "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"shop.Address\\\",\\\"fields\\\":["
            + "{\\\"name\\\":\\\"city\\\",\\\"type\\\":\\\"City\\\"}]}\","
            + "\"references\":[{\"name\":\"c\",\"subject\":\"city\",\"version\":1}]}");
    registry.put(
        "/subjects/city/versions/1",
        "{\"schema\":\"{\\\"type\\\":\\\"enum\\\",\\\"name\\\":\\\"shop.City\\\",\\\"symbols\\\":[\\\"A\\\"]}\"}");

    Schema order = schemas(Map.of()).schema(1);

    assertThat(
        order.getField("to").schema().getField("city").schema().getFullName(), is("shop.City"));
    assertThat(order.getField("by").schema().getType(), is(Schema.Type.ENUM));
    assertThat(registry.requests(), hasSize(3));
  }

  @Test
  void namesAndDefaultsThatAvroForbidsAreTakenAsTheyAre() throws UnusableSchemaException {
    registry.put(
        "/schemas/ids/1",
        "{\"schema\":\"{\\\"type\\\":\\\"record\\\",\\\"name\\\":\\\"my-table.Value\\\",\\\"fields\\\":["
            + "{\\\"name\\\":\\\"a b\\\",\\\"type\\\":\\\"long\\\",\\\"default\\\":\\\"x\\\"}]}\"}");

    assertThat(schemas(Map.of()).schema(1).getFields().get(0).name(), is("a b"));
  }

  @Test
  void unknownSchemaIsAskedForAgainAfterAMinute() throws UnusableSchemaException {
    SchemaCache schemas = schemas(Map.of());

    assertThat(problem(schemas, 5), is("the schema registry has no schema 5"));
    assertThat(problem(schemas, 5), is("the schema registry has no schema 5"));
    assertThat(registry.requests(), hasSize(1));
    nanos += Duration.ofSeconds(61).toNanos();
    registry.put("/schemas/ids/5", LONG);

    assertThat(schemas.schema(5).getType(), is(Schema.Type.LONG));
    assertThat(registry.requests(), hasSize(2));
  }

  @Test
  void schemasThatAreNoAvroCannotBeUsed() {
    registry.put("/schemas/ids/1", "{\"schemaType\":\"PROTOBUF\",\"schema\":\"message A {}\"}");
    registry.put("/schemas/ids/2", "{\"schema\":\"{\\\"type\\\":\\\"recrd\\\"}\"}");
    registry.put("/schemas/ids/3", "{}");
    registry.put(
        "/schemas/ids/4",
        "{\"schema\":\"\\\"long\\\"\",\"references\":[{\"subject\":\"gone\",\"version\":2}]}");
    SchemaCache schemas = schemas(Map.of());

    assertThat(problem(schemas, 1), is("schema 1 is of type PROTOBUF, not AVRO"));
    assertThat(problem(schemas, 2), is("schema 2 is no Avro schema that can be read"));
    assertThat(problem(schemas, 3), is("schema 3 is no Avro schema that can be read"));
    assertThat(problem(schemas, 4), containsString("version 2 of gone, which there is not"));
  }

  @Test
  void passingFailuresAreTriedAgainWithGrowingPauses() throws UnusableSchemaException {
    registry.put("/schemas/ids/1", LONG);
    registry.answer(503, "");
    registry.answer(429, "");
    registry.answer(500, "{\"error_code\":50001}");

    assertThat(schemas(Map.of()).schema(1).getType(), is(Schema.Type.LONG));
    assertThat(
        pauses,
        is(List.of(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(800))));
  }

  @Test
  void registryThatDoesNotAnswerFailsTheRunInsteadOfTheRecord() {
    String url = registry.url();
    registry.close();

    String error = failure(schemas(Map.of()), 1);

    assertThat(
        error,
        is(
            "Cannot ask the schema registry "
                + url
                + " for /schemas/ids/1: it cannot be connected to, 6 times in a row; see that it"
                + " runs and that 'schemaRegistry' in lakehouse.yaml names it, then run again"));
    assertThat(pauses, hasSize(RegistryClient.ATTEMPTS - 1));
  }

  @Test
  void serverThatIsNoRegistryFailsTheRun() {
    registry.answer(404, "<html>no such page</html>");
    registry.answer(200, "<html>welcome</html>");
    registry.answer(302, "");
    SchemaCache schemas = schemas(Map.of());

    assertThat(failure(schemas, 1), containsString("HTTP 404, and not as a schema registry does"));
    assertThat(failure(schemas, 1), containsString("HTTP 200, and not as a schema registry does"));
    assertThat(failure(schemas, 1), containsString("HTTP 302, and not as a schema registry does"));
    assertThat(registry.requests(), hasSize(3));
  }

  @Test
  void credentialsAreSentAndNeverTold() throws UnusableSchemaException {
    registry.put("/schemas/ids/1", LONG);

    schemas(Map.of(RegistryConfig.USER_INFO, "ada:se:cret")).schema(1);
    assertThat(registry.authorization(), is("Basic YWRhOnNlOmNyZXQ="));
    schemas(Map.of(RegistryConfig.TOKEN, "s3cret")).schema(1);
    assertThat(registry.authorization(), is("Bearer s3cret"));
    schemas(Map.of()).schema(1);
    assertThat(registry.authorization(), is(nullValue()));

    registry.answer(401, "{\"error_code\":401,\"message\":\"s3cret is wrong\"}");
    registry.answer(403, "");
    RegistryConfig config = config(Map.of(RegistryConfig.TOKEN, "s3cret"));
    String refused = failure(cache(config), 2);
    assertThat(refused, containsString("it refuses the credentials (HTTP 401)"));
    assertThat(
        failure(schemas(Map.of()), 2), containsString("requests without credentials (HTTP 403)"));
    assertThat(refused + config + new RegistrySchemas(config), not(containsString("s3cret")));
  }

  @Test
  void urlMayHoldTheUserAndIsShownWithout() {
    RegistryConfig config =
        RegistryConfig.of("https://ada:se%3Acret@Registry.example:8443/apis/ccompat/v7/", Map.of());

    assertThat(config.url(), is("https://Registry.example:8443/apis/ccompat/v7"));
    assertThat(config.authorization(), is("Basic YWRhOnNlOmNyZXQ="));
    assertThat(config.toString(), not(containsString("cret")));
  }

  @Test
  void wrongSettingsAreRefusedWithoutShowingThem() {
    assertThat(refusal("registry:8081", Map.of()), containsString("no http or https URL"));
    assertThat(refusal("ftp://cret@host", Map.of()), containsString("no http or https URL"));
    assertThat(refusal("http://a:cret@ho st", Map.of()), containsString("it is no URL"));
    assertThat(refusal("http://host?token=cret", Map.of()), containsString("has a query"));
    assertThat(
        refusal("http://a:cret@host", Map.of(RegistryConfig.TOKEN, "cret")),
        containsString("credentials are given twice"));
    assertThat(
        refusal("http://host", Map.of("basic.auth.user", "cret")),
        containsString("'basic.auth.user' is no property of it"));
  }

  @Test
  void theLongestUnusedSchemaIsForgottenFirst() throws UnusableSchemaException {
    SchemaCache schemas = schemas(Map.of());
    for (int id = 0; id <= SchemaCache.MAX_SCHEMAS; id++) {
      registry.put("/schemas/ids/" + id, LONG);
      schemas.schema(id);
      schemas.schema(0);
    }
    int before = registry.requests().size();

    schemas.schema(0);
    assertThat(registry.requests(), hasSize(before));
    schemas.schema(1);
    assertThat(registry.requests(), hasSize(before + 1));
  }

  private RegistryConfig config(Map<String, String> properties) {
    return RegistryConfig.of(registry.url(), properties);
  }

  private SchemaCache schemas(Map<String, String> properties) {
    return cache(config(properties));
  }

  private SchemaCache cache(RegistryConfig config) {
    return new SchemaCache(new SchemaFetch(new RegistryClient(config, pauses::add)), () -> nanos);
  }

  private static String problem(SchemaCache schemas, int id) {
    return assertThrows(UnusableSchemaException.class, () -> schemas.schema(id)).getMessage();
  }

  private static String failure(SchemaCache schemas, int id) {
    return assertThrows(IllegalStateException.class, () -> schemas.schema(id)).getMessage();
  }

  private static String refusal(String url, Map<String, String> properties) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> RegistryConfig.of(url, properties))
            .getMessage();
    assertThat(message, allOf(containsString("Cannot use the"), not(containsString("cret"))));
    return message;
  }
}
