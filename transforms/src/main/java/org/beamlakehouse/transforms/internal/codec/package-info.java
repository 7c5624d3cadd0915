/**
 * A compact, typed binary form of values and rows, for everything that travels between stages.
 *
 * <p>{@link org.beamlakehouse.transforms.internal.codec.RowCodec} is made once from a list of
 * columns and then writes to {@link org.beamlakehouse.transforms.internal.codec.ByteOutput} and
 * reads from {@link org.beamlakehouse.transforms.internal.codec.ByteInput}. The form is
 * deterministic: equal rows have equal bytes. It is made for bytes in flight, not for storage; it
 * may change from release to release.
 */
package org.beamlakehouse.transforms.internal.codec;
