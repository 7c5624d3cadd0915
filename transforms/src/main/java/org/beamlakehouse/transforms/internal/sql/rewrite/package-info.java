/**
 * Changes to a checked expression before it is compiled: exact microseconds, arithmetic that fails
 * instead of wrapping, safe patterns, long lists as sets.
 */
package org.beamlakehouse.transforms.internal.sql.rewrite;
