package micromegas.benchmarks.instrumentation;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One [Operation] under JMH, each in forks of its own. Calls come in batches, so that whoever
/// takes the events away can catch up in between, which is not measured; an event that is dropped
/// would cost less than it should. Public for the code that JMH generates.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 20)
@Measurement(iterations = 20)
public class RowBenchmark {
  private static final int CALLS = 200_000;

  /// Name of the operation.
  @Param("EMPTY")
  public String operation = Operation.EMPTY.name();

  private Operation.Prepared prepared = Operation.EMPTY.prepare();

  /// Prepares the operation.
  @Setup(Level.Trial)
  public void prepare() {
    prepared = Operation.valueOf(operation).prepare();
  }

  /// Makes the calls.
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void calls() {
    prepared.task().run(CALLS);
  }

  /// Waits for the uplink.
  @Setup(Level.Iteration)
  public void catchUp() {
    prepared.between().run();
  }

  /// Fails when events were lost.
  @TearDown(Level.Trial)
  public void check() {
    long lost = OwnOperations.lost();
    if (lost > 0) {
      throw new IllegalStateException(lost + " events were lost");
    }
    prepared.check().run();
  }
}
