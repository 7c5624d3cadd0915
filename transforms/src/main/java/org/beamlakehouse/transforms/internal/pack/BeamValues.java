package org.beamlakehouse.transforms.internal.pack;

import java.io.Serializable;
import java.util.List;
import org.beamlakehouse.transforms.table.Column;

/** Brings values of the merge rules into the form they have in Beam rows: structs become rows. */
public final class BeamValues implements Serializable {
  private final ValueForm[] forms;

  private BeamValues(ValueForm[] forms) {
    this.forms = forms;
  }

  /** For the first values of arrays, which are of these columns. */
  public static BeamValues of(List<Column> columns) {
    return new BeamValues(
        columns.stream().map(column -> ValueForm.toBeam(column.type())).toArray(ValueForm[]::new));
  }

  /** Copies the columns' values to the beginning of {@code to}, which is at least as long. */
  public void copy(Object[] from, Object[] to) {
    for (int i = 0; i < forms.length; i++) {
      to[i] = forms[i].apply(from[i]);
    }
  }
}
