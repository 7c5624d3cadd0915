/**
 * The definition of a table: its columns and their types, its key, its options and its quality
 * rules.
 */
package org.beamlakehouse.transforms.table;
