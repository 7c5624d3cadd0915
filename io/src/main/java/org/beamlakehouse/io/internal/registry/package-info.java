/**
 * Schemas from a schema registry with Confluent's REST interface: {@link
 * org.beamlakehouse.io.internal.registry.RegistrySchemas} gives them to the parser of Avro records.
 *
 * <p>The operator's view: every worker process asks for each id once, and holds the last thousand.
 * A registry that does not answer is asked again for some seconds; then the run fails, whose
 * message names the registry: nothing was put aside, run again when it is back. Records whose id
 * the registry does not know, or whose schema is no Avro, are dead letters; where somebody deleted
 * schemas that are still in use, restore them and replay the tables.
 */
package org.beamlakehouse.io.internal.registry;
