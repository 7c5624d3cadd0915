package org.beamlakehouse.transforms.internal.rows;

import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollection.IsBounded;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.beamlakehouse.transforms.internal.rows.RowSpec.Shape;
import org.joda.time.Duration;

/** Whether what comes of an input's windows can be right. */
final class Windowing {
  private Windowing() {}

  /**
   * Refuses windows that never end, and panes that cannot be put together again.
   *
   * @throws IllegalArgumentException with what to set
   */
  static void check(RowSpec spec, PCollection<?> input) {
    WindowingStrategy<?, ?> windowing = input.getWindowingStrategy();
    boolean bounded = input.isBounded() == IsBounded.BOUNDED;
    Trigger trigger = windowing.getTrigger();
    boolean atTheEnd =
        trigger instanceof DefaultTrigger || trigger instanceof AfterWatermark.FromEndOfWindow;
    if (!bounded && atTheEnd && windowing.getWindowFn() instanceof GlobalWindows) {
      throw cannot(
          spec,
          "the input is unbounded and in the global window without a trigger, so that it would"
              + " never give a row; set windows or a trigger with Window.into");
    }
    if (atTheEnd && (bounded || windowing.getAllowedLateness().equals(Duration.ZERO))) {
      return;
    }
    if (!windowing.getWindowFn().isNonMerging()) {
      throw cannot(
          spec,
          "its windows merge and may fire several panes, so that no pane tells which ones it"
              + " replaces; use windows that do not merge, or one pane for each");
    }
    if (windowing.getMode() == AccumulationMode.DISCARDING_FIRED_PANES) {
      throw cannot(
          spec,
          "its windows may fire several panes and discard what they have fired, so that a pane does"
              + " not know its key's earlier rows; use accumulatingFiredPanes()");
    }
    if (spec.shape() == Shape.ROW) {
      throw cannot(
          spec,
          "its windows may fire several panes, and a row cannot take back one of an earlier pane;"
              + " add inPanes(), or leave triggers and allowed lateness away");
    }
  }

  private static IllegalArgumentException cannot(RowSpec spec, String why) {
    return new IllegalArgumentException("Cannot apply " + spec.transform() + ": " + why);
  }
}
