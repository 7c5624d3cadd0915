/** What a bronze table looks like, and how far it has taken in topics. */
package org.beamlakehouse.io.internal.bronze.table;
