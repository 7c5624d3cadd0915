/** Opening catalogs, and the tables and files in them. */
package org.beamlakehouse.io.internal.iceberg.catalog;
