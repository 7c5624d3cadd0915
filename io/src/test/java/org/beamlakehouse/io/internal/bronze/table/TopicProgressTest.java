package org.beamlakehouse.io.internal.bronze.table;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.beamlakehouse.io.internal.bronze.table.TopicProgress.Topic;
import org.junit.jupiter.api.Test;

class TopicProgressTest {
  @Test
  void isShortAndReadable() {
    TopicProgress progress =
        TopicProgress.none()
            .with("orders", new Topic("p3XvQkLmTv2aa", List.of(120L, 99L)))
            .with("events", new Topic(null, List.of(TopicProgress.UNKNOWN, 7L)));
    assertThat(progress.toJson(), is("{\"events\":[null,7],\"orders#p3XvQk\":[120,99]}"));
    assertThat(TopicProgress.parse("t", progress.toJson()), is(progress));
  }

  @Test
  void tellsTopicsOfOneNameApartWhereBothIdsAreKnown() {
    Topic known = new Topic("p3XvQkLmTv2aa", List.of());
    assertThat(known.mayBe("p3XvQkLmTv2aa"), is(true));
    assertThat(known.mayBe("anotherTopicId"), is(false));
    assertThat(known.mayBe(null), is(true));
    assertThat(new Topic(null, List.of()).mayBe("anotherTopicId"), is(true));
  }

  @Test
  void keepsFromWhenOnOffsetsBeganAgainAlsoOfATopicThatIsGone() {
    TopicProgress progress =
        TopicProgress.none()
            .with("a", new TopicProgress.Topic("idOfA1", List.of(7L), List.of(100L, 200L)))
            .with("b", new TopicProgress.Topic(null, List.of(7L), List.of(300L)))
            .with("c", new TopicProgress.Topic("idOfC1", List.of(7L)));
    TopicProgress gone = progress.without("a").without("b").without("c").without("d");

    assertThat(progress.toJson(), is("{\"a#idOfA1@100@200\":[7],\"b#@300\":[7],\"c#idOfC1\":[7]}"));
    assertThat(TopicProgress.parse("bronze.t", progress.toJson()), is(progress));
    assertThat(TopicProgress.parse("bronze.t", gone.toJson()), is(gone));
    assertThat(gone.names(), is(List.of()));
    assertThat(gone.topic("a").isGone(), is(true));
    assertThat(gone.topic("c").isGone(), is(true));
    assertThat(
        List.of(99L, 100L, 199L, 200L).stream().map(gone.topic("a")::era).toList(),
        is(List.of(0, 1, 1, 2)));
  }

  @Test
  void refusesWhatItCannotRead() {
    for (String wrong : List.of("[]", "{\"a\":5}", "{\"a\":[true]}", "x")) {
      assertThat(
          assertThrows(IllegalStateException.class, () -> TopicProgress.parse("bronze.t", wrong))
              .getMessage(),
          containsString("bronze.t"));
    }
  }
}
