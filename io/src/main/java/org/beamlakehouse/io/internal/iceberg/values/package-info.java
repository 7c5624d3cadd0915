/** Types, values and rows of this project in the forms that Iceberg has for them. */
package org.beamlakehouse.io.internal.iceberg.values;
