package micromegas.lakehouse.chains;

import java.nio.file.Path;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.NetBlock;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.blocks.TickConverter;

/// Native network streams to the rows of `net_spans`. Memory is bounded by the spans that are open,
/// see [OpenNetSpans].
public final class NetSpansProcessor implements ChainProcessor<NetBlock> {
  private static final int VERSION = 1;

  @Override
  public int version() {
    return VERSION;
  }

  @Override
  public NetBlock decode(
      SourceBlock block, byte[] payload, TickConverter clock, DecodeScratch scratch) {
    return NetBlock.decode(block, payload, clock, scratch);
  }

  @Override
  public ChainRows<NetBlock> rows(Path scratch) {
    return new NetSpanRows();
  }
}
