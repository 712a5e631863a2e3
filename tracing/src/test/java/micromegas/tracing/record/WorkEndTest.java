package micromegas.tracing.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import micromegas.transit.EventRecords;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A unit of work ends while something of it is being written.
class WorkEndTest {

  /// The verdict comes when a writer is between two chunks: whoever gives it does not wait, the
  /// reader closes the buffer later, and nothing is lost but what came too late.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theReaderClosesWhatWasBeingWritten(boolean keep) {
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    Engine engine =
        new Engine(
            Limits.defaults(1L << 30),
            new Signals() {
              @Override
              public void chunkFull() { // called while the writer has taken its stripe
                meanwhile.getAndSet(() -> {}).run();
              }

              @Override
              public void severe() {}
            });
    Work work = engine.works().begin(6);
    int first = ChunkPool.SMALL / EventRecords.CONSTANT_LOG_BYTES;
    for (int i = 0; i < first; i++) {
      engine.log(1, 5, null, null, work);
    }
    meanwhile.set(() -> engine.works().decide(work, keep));
    engine.log(1, 5, null, null, work);
    assertThat(meanwhile.get()).isNotNull();
    assertThat(engine.pollKept()).isNull();
    assertThat(engine.pool().inUse()).isPositive();
    engine.log(1, 5, null, null, work); // after the verdict
    engine.works().closeRest();
    List<Chunk> chains = new ArrayList<>(engine.logs().detach(1));
    for (Engine.Kept kept = engine.pollKept(); kept != null; kept = engine.pollKept()) {
      chains.addAll(kept.logs());
    }
    int events = 0;
    for (Chunk chain : chains) {
      for (Chunk chunk = chain; chunk != null; ) {
        events += chunk.published() / EventRecords.CONSTANT_LOG_BYTES;
        Chunk next = chunk.next();
        engine.pool().give(chunk);
        chunk = next;
      }
    }
    assertThat(events).isEqualTo(keep ? first + 2 : 0);
    assertThat(engine.pool().inUse()).isZero();
  }
}
