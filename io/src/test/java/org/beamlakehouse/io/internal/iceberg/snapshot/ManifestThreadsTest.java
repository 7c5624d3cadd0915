package org.beamlakehouse.io.internal.iceberg.snapshot;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.sameInstance;

import java.util.concurrent.Future;
import org.apache.iceberg.util.ThreadPools;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestThreadsTest {
  @ParameterizedTest
  @ValueSource(strings = {"/tmp/lake/silver/orders", "file:/lake/orders", "file:///lake/orders"})
  void theCallerReadsWhatIsLocal(String location) throws Exception {
    Future<Thread> task = ManifestThreads.of(location).submit(Thread::currentThread);
    assertThat(task.isDone(), is(true));
    assertThat(task.get(), is(sameInstance(Thread.currentThread())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"s3://lake/silver/orders", "abfss://lake@account/orders", "hdfs://lake/o"})
  void severalRequestsGoToAStoreAtATime(String location) {
    assertThat(ManifestThreads.of(location), is(sameInstance(ThreadPools.getWorkerPool())));
  }
}
