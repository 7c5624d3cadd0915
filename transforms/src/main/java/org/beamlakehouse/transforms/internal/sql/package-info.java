/**
 * Scalar SQL over typed, named fields: parsed, checked and compiled to Java byte code once, then
 * evaluated row by row without reflection.
 *
 * <p>Parser, validator and code generation are Apache Calcite's. What is ours is the binding of
 * fields, the microsecond resolution of times ({@link
 * org.beamlakehouse.transforms.internal.sql.function.TemporalFunctions}), the error texts and the
 * choice of functions. No other package of the house sees Calcite.
 */
package org.beamlakehouse.transforms.internal.sql;
