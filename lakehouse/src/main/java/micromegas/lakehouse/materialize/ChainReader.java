package micromegas.lakehouse.materialize;

import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;
import micromegas.lakehouse.chains.Chain;
import micromegas.lakehouse.chains.ChainRepairs;

/// What becomes of the decoded blocks of chains, in their order.
///
/// @param <E> the events of a decoded block
interface ChainReader<E> {
  /// See [micromegas.lakehouse.chains.ChainRows#begin].
  void begin(Chain chain, TickConverter clock);

  void add(SourceBlock block, E events);

  ChainRepairs end();
}
