package org.beamlakehouse.io.internal.merge.stored;

import org.beamlakehouse.io.internal.merge.table.TargetShape;

/**
 * Where a stored row lies.
 *
 * @param position its position in the file
 * @param rowId its id, or {@link TargetShape#NO_ROW_ID}
 */
public record StoredPosition(StoredFile file, long position, long rowId) {}
