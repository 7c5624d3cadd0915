/**
 * The functions that expressions may call, and the code of those that are ours: numbers, times,
 * intervals, texts, patterns.
 */
package org.beamlakehouse.transforms.internal.sql.function;
