package org.beamlakehouse.transforms.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> NAMES = List.of("columns", "source", "storedAsScdType");

  @Test
  void namesTheNearestWithinAThirdOfTheLetters() {
    assertThat(Nearest.hint("colums", NAMES), is("; did you mean 'columns'?"));
    assertThat(Nearest.hint("STOREDASSCDTYPE", NAMES), is("; did you mean 'storedAsScdType'?"));
    assertThat(Nearest.hint("suorce", NAMES), is("; did you mean 'source'?"));
  }

  @Test
  void listsWhatThereIsWhereNothingIsNear() {
    assertThat(Nearest.hint("x", NAMES), is("; use one of columns, source, storedAsScdType"));
    assertThat(Nearest.hint("x", List.of()), is(""));
  }
}
