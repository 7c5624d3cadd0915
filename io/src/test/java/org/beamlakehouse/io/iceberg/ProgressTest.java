package org.beamlakehouse.io.iceberg;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;

import org.junit.jupiter.api.Test;

/** The form in which progress is kept, that of earlier versions included. */
class ProgressTest {
  private static Progress.Position wanted(String sourceTable) {
    return new Progress.Position(-1, 0).of(sourceTable);
  }

  @Test
  void tellsOfWhichSourceTableItIs() {
    Progress progress =
        Progress.none().with("bronze.db", new Progress.Position(7, 5).of("public.orders"));
    Progress read = Progress.parse(progress.toJson());
    assertThat(read, is(progress));
    assertThat(read.sequence("bronze.db"), is(5L));
    assertThat(read.sequence("bronze.db", wanted("public.orders")), is(5L));
    assertThat(read.sequence("bronze.db", wanted(null)), is(5L));
    assertThat(read.sequence("bronze.db", wanted("public.Orders")), is(0L));
    assertThat(read.sequence("bronze.other", wanted("public.orders")), is(0L));
  }

  @Test
  void ofAnEarlierVersionIsTakenForWhatIsWanted() {
    String earlier = "{\"bronze.db\":{\"snapshot\":7,\"sequence\":5}}";
    Progress progress = Progress.parse(earlier);
    assertThat(progress.sequence("bronze.db", wanted("public.orders")), is(5L));
    assertThat(progress.toJson(), is(earlier));
    assertThat(progress.toJson(), not(containsString("null")));
  }
}
