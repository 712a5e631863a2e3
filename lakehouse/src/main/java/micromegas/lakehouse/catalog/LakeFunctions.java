package micromegas.lakehouse.catalog;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import micromegas.lake.objects.ObjectStore;
import micromegas.lakehouse.blocks.BlockParser;
import micromegas.lakehouse.blocks.NativeBlockParser;
import micromegas.lakehouse.blocks.otlp.OtlpBlockParser;
import micromegas.lakehouse.perfetto.PerfettoTraceChunks;
import micromegas.lakehouse.source.BlockListing;
import micromegas.lakehouse.source.ProcessThreads;
import micromegas.otlp.Signal;
import micromegas.query.ScalarFunction;
import micromegas.query.TableFunction;
import micromegas.transit.StreamInfo;

/// The functions that read blocks and spans.
public final class LakeFunctions {
  private LakeFunctions() {}

  /// The parsers of `parse_block` by stream format.
  public static Map<String, BlockParser> blockParsers() {
    Map<String, BlockParser> parsers = new LinkedHashMap<>();
    parsers.put(StreamInfo.TRANSIT_FORMAT, new NativeBlockParser());
    for (Signal signal : Signal.values()) {
      parsers.put(signal.format(), new OtlpBlockParser(signal));
    }
    return parsers;
  }

  public static List<TableFunction> tableFunctions(
      BlockListing blocks, ObjectStore objects, ProcessThreads threads) {
    return List.of(
        new ParseBlock(blocks, objects, blockParsers()),
        new ProcessSpans(threads),
        new PerfettoTraceChunks(threads));
  }

  public static List<ScalarFunction> scalarFunctions(ObjectStore objects) {
    return List.of(new GetPayload(objects));
  }
}
