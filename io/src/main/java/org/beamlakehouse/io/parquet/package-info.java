/**
 * Values of Parquet columns, read one by one without boxing them: {@link
 * org.beamlakehouse.io.parquet.FlatColumn}.
 */
package org.beamlakehouse.io.parquet;
