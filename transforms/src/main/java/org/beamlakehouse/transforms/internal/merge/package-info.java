/**
 * The rules by which changes become rows: pure functions, with no Beam, no storage and no clock.
 *
 * <p>{@link org.beamlakehouse.transforms.internal.merge.MergeRules#of} gives the {@link
 * org.beamlakehouse.transforms.internal.merge.MergeRule} of a table. All rules keep one law: the
 * rows are a function of the set of changes received so far, whatever their order, batches and
 * repetitions.
 */
package org.beamlakehouse.transforms.internal.merge;
