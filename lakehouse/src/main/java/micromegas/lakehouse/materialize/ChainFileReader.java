package micromegas.lakehouse.materialize;

import java.util.concurrent.Executor;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainRepairs;
import micromegas.lakehouse.chains.ChainRows;

/// All rows of chains to one file. Reading runs on the workers.
///
/// @param batchRows most rows that are made at a time
record ChainFileReader<E>(ChainRows<E> rows, ChainRowGroups groups, Executor job, int batchRows)
    implements ChainReader<E> {

  @Override
  public void begin(Chain chain, TickConverter clock) {
    Jobs.run(job, () -> rows.begin(chain, clock));
  }

  @Override
  public void add(SourceBlock block, E events) {
    Jobs.run(job, () -> rows.add(block, events, groups.batch()));
    groups.flushFull();
  }

  @Override
  public ChainRepairs end() {
    ChainRepairs repairs = Jobs.call(job, rows::end);
    drain();
    return repairs;
  }

  /// Writes the rows that are ready.
  void drain() {
    boolean more = true;
    while (more) {
      more = Jobs.call(job, () -> rows.drain(groups.batch(), batchRows));
      groups.flushFull();
    }
  }
}
