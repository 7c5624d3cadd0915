package org.beamlakehouse.transforms.internal.cdc.value;

/**
 * A value of which a part was not read: a struct's type does not name all fields that came.
 *
 * @param value what was read
 * @param unread the rest
 */
public record Partly(Object value, RescuedFields unread) {}
