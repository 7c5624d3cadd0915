package org.beamlakehouse.transforms.internal.cdc.row;

import java.util.ArrayList;
import java.util.List;

/** Splits the path of a nested field at its dots. */
final class PathNames {
  private PathNames() {}

  static List<String> of(String path) {
    List<String> names = new ArrayList<>();
    int from = 0;
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', from)) {
      names.add(path.substring(from, dot));
      from = dot + 1;
    }
    names.add(path.substring(from));
    return names;
  }

  static String first(String path) {
    int dot = path.indexOf('.');
    return dot < 0 ? path : path.substring(0, dot);
  }
}
