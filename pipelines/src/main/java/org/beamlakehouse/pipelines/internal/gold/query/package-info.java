/**
 * The SQL file of a gold product: read, checked, typed, and searched for the column by whose values
 * it is recomputed.
 */
package org.beamlakehouse.pipelines.internal.gold.query;
