/**
 * Values of Parquet columns, read one by one without boxing them: {@link
 * org.beamlakehouse.io.internal.parquet.FlatColumn}.
 */
package org.beamlakehouse.io.internal.parquet;
