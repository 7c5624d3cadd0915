package org.beamlakehouse.io.internal.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.NameValidator;
import org.apache.avro.Schema;
import org.beamlakehouse.transforms.cdc.UnusableSchemaException;

/**
 * Fetches a schema with all schemas that it refers to. It is taken as its writer had it: names and
 * defaults that Avro would not allow are no reason not to read the data.
 */
final class SchemaFetch {
  private static final int MAX_REFERENCES = 1_000;

  private final RegistryClient client;

  SchemaFetch(RegistryClient client) {
    this.client = client;
  }

  /**
   * The schema of an id.
   *
   * @throws UnusableSchemaException where there is none or it is no Avro
   */
  Schema schema(int id) throws UnusableSchemaException {
    String name = "schema " + id;
    Optional<JsonNode> found = client.get("/schemas/ids/" + id);
    if (found.isEmpty()) {
      throw new UnusableSchemaException("the schema registry has no " + name);
    }
    Schema.Parser parser = new Schema.Parser(NameValidator.NO_VALIDATION);
    parser.setValidateDefaults(false);
    return parse(name, found.get(), parser, new HashSet<>());
  }

  private Schema parse(String name, JsonNode body, Schema.Parser parser, Set<String> known)
      throws UnusableSchemaException {
    String type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new UnusableSchemaException(name + " is of type " + type + ", not AVRO");
    }
    for (JsonNode reference : body.path("references")) {
      readReference(name, reference, parser, known);
    }
    try {
      return parser.parse(body.path("schema").asText());
    } catch (RuntimeException e) {
      // Of Avro's own kind or any other: its parser does not look closely.
      throw new UnusableSchemaException(name + " is no Avro schema that can be read");
    }
  }

  /** Makes the types of a schema that another one refers to known to the parser. */
  private void readReference(
      String name, JsonNode reference, Schema.Parser parser, Set<String> known)
      throws UnusableSchemaException {
    String subject = reference.path("subject").asText();
    String version = reference.path("version").asText();
    if (!known.add(subject + "/" + version)) {
      return;
    }
    if (known.size() > MAX_REFERENCES) {
      throw new UnusableSchemaException(
          name + " refers to more than " + MAX_REFERENCES + " others");
    }
    String path =
        "/subjects/"
            + URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20")
            + "/versions/"
            + URLEncoder.encode(version, StandardCharsets.UTF_8);
    Optional<JsonNode> found = client.get(path);
    if (found.isEmpty()) {
      throw new UnusableSchemaException(
          name + " refers to version " + version + " of " + subject + ", which there is not");
    }
    parse(name, found.get(), parser, known);
  }
}
