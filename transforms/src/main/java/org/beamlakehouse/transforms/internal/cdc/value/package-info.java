/**
 * From one JSON value and its wire type to the value of a column, or to why it does not fit.
 *
 * <p>How values are read, by the contract's type:
 *
 * <ul>
 *   <li>{@code boolean}: that JSON value and no other. {@code string}: a string, and the text of an
 *       object or array as it was sent. {@code int}, {@code long}: integers in range. {@code
 *       float}, {@code double}: any number in range, and the strings {@code NaN}, {@code Infinity},
 *       {@code -Infinity};
 *   <li>{@code decimal}: a number or a string of one; where the schema or a declaration says so
 *       base64 of its unscaled value, or of a connector an object of {@code scale} and {@code
 *       value}. A connector's string that could be both, of which nobody told, is no value. It must
 *       fit without rounding;
 *   <li>{@code date}, {@code time}, {@code timestamp}, {@code timestamptz}: ISO-8601 text, which
 *       has an offset for {@code timestamptz} only; or a number in the unit that the schema names,
 *       the format knows (Debezium's dates are days) or was declared. One whose unit nobody told is
 *       no value. What is finer than a microsecond is cut off, towards the past;
 *   <li>{@code uuid}: text. {@code binary}, {@code fixed}: base64; of a geometry its well-known
 *       binary;
 *   <li>{@code list}: an array. {@code map}: an object, or an array of pairs. {@code struct}: an
 *       object. Of a connector also JSON text of them (its json and hstore columns).
 * </ul>
 *
 * <p>Avro values are read by the same rules, as their writer's schema tells what they are: each
 * schema is compiled once ({@link org.beamlakehouse.transforms.internal.cdc.avro.AvroType}), for
 * each table that takes its records ({@link
 * org.beamlakehouse.transforms.internal.cdc.avro.AvroRowReader}). Scalars that a column does not
 * take as they are become the JSON that Kafka Connect would write, and go the way of that.
 *
 * <p>Canal writes every value as text: how that is read is told in {@link
 * org.beamlakehouse.transforms.internal.cdc.value.TextReaders}.
 */
package org.beamlakehouse.transforms.internal.cdc.value;
