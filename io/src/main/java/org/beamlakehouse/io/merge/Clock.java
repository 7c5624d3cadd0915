package org.beamlakehouse.io.merge;

import java.io.Serializable;
import java.util.function.LongSupplier;

/** The time in epoch milliseconds, for reports only: what is stored never depends on it. */
interface Clock extends LongSupplier, Serializable {
  Clock SYSTEM = System::currentTimeMillis;
}
