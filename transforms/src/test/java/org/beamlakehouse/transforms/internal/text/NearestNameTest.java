package org.beamlakehouse.transforms.internal.text;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> NAMES = List.of("columns", "source", "storedAsScdType");

  @Test
  void namesTheNearestWithinAThirdOfTheLetters() {
    assertThat(NearestName.hint("colums", NAMES), is("; did you mean 'columns'?"));
    assertThat(NearestName.hint("STOREDASSCDTYPE", NAMES), is("; did you mean 'storedAsScdType'?"));
    assertThat(NearestName.hint("suorce", NAMES), is("; did you mean 'source'?"));
  }

  @Test
  void listsWhatThereIsWhereNothingIsNear() {
    assertThat(NearestName.hint("x", NAMES), is("; use one of columns, source, storedAsScdType"));
    assertThat(NearestName.hint("x", List.of()), is(""));
  }
}
