package org.beamlakehouse.io.internal.merge.table;

import java.io.Serializable;
import java.util.function.LongSupplier;

/** The time in epoch milliseconds, for reports only: what is stored never depends on it. */
public interface Clock extends LongSupplier, Serializable {
  Clock SYSTEM = System::currentTimeMillis;
}
