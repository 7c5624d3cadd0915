package org.beamlakehouse.transforms.internal.rows;

import java.io.Serial;
import java.io.Serializable;
import java.util.List;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.beamlakehouse.transforms.table.StorageType;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What a pipeline says of its rows: which fields make them changes, and what is to come of them.
 *
 * @param transform that is to be named in errors and metrics
 * @param storage {@code LATEST} or {@code HISTORY}
 * @param validTime field whose value begins a version; null for the first of {@code sequence}
 * @param tracked fields whose change opens a version; null for all that say no order
 */
public record RowSpec(
    String transform,
    StorageType storage,
    List<String> keys,
    List<String> sequence,
    ChangeTypes types,
    @Nullable String validTime,
    @Nullable List<String> tracked,
    DeletedRows deletedRows,
    Shape shape)
    implements Serializable {

  @Serial private static final long serialVersionUID = 1L;

  /** Whether the rows of deleted keys are to be seen. */
  public enum DeletedRows {
    LEFT_OUT,
    KEPT
  }

  /** What an element of the output is. */
  public enum Shape {
    /** One row of one key. */
    ROW,
    /** All rows of a key, and the number of the pane that they are of. */
    PANE
  }

  /** Shows what is said, as the options that say it. */
  public void populateDisplayData(DisplayData.Builder builder) {
    builder
        .add(DisplayData.item("keyFields", String.join(", ", keys)).withLabel("Key fields"))
        .add(
            DisplayData.item("sequenceFields", String.join(", ", sequence))
                .withLabel("Sequence fields"))
        .addIfNotNull(DisplayData.item("validTimeField", validTime).withLabel("Valid time field"))
        .addIfNotNull(
            DisplayData.item("trackedFields", tracked == null ? null : String.join(", ", tracked))
                .withLabel("Tracked fields"))
        .addIfNotNull(
            DisplayData.item("changeTypeField", types.field()).withLabel("Change type field"))
        .addIfNotDefault(
            DisplayData.item("deleteTypes", String.join(", ", types.deletes()))
                .withLabel("Change types that delete"),
            "")
        .addIfNotDefault(
            DisplayData.item("upsertTypes", String.join(", ", types.upserts()))
                .withLabel("Change types that insert or update"),
            "")
        .addIfNotDefault(
            DisplayData.item("ignoredTypes", String.join(", ", types.ignored()))
                .withLabel("Change types that are left out"),
            "")
        .add(DisplayData.item("output", shape.name()).withLabel("One element per"));
  }
}
