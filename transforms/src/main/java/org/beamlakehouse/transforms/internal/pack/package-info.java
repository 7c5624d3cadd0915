/**
 * Changes made ready for the merge and packed for the way there: {@link
 * org.beamlakehouse.transforms.internal.pack.ChangeMapper} turns a parsed change into that of the
 * merge rules, {@link org.beamlakehouse.transforms.internal.pack.ChangeCodec} into bytes that begin
 * with the key, and {@link org.beamlakehouse.transforms.internal.pack.ChangeBlock} collects many of
 * them into one element of the shuffle.
 */
package org.beamlakehouse.transforms.internal.pack;
