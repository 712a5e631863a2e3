package micromegas.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lake.envelope.PayloadCodec;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;

/// A workload as the lake has it: rows of blocks, and payloads that went to a sink.
///
/// @param logs in order
/// @param measures in order
record StoredWorkload(
    Workload workload, List<SourceBlock> logs, List<SourceBlock> measures, long payloadBytes) {

  /// Makes the blocks one at a time, cut where the Rust client cuts them.
  ///
  /// @param sink takes each block with its payload
  static StoredWorkload create(Workload workload, BiConsumer<StoredBlock, BlockPayload> sink) {
    StoredProcess process = new StoredProcess(workload.process(), workload.process().startTime());
    StoredStream logStream = new StoredStream(workload.logStream(), process.insertTime());
    StoredStream metricStream = new StoredStream(workload.metricStream(), process.insertTime());
    List<SourceBlock> logs = new ArrayList<>();
    List<SourceBlock> measures = new ArrayList<>();
    workload.logBlocks(
        Workload.LOG_BLOCK_BYTES,
        (info, payload) -> logs.add(store(info, payload, logStream, process, sink)));
    workload.metricBlocks(
        Workload.METRIC_BLOCK_BYTES,
        (info, payload) -> measures.add(store(info, payload, metricStream, process, sink)));
    long bytes = 0;
    for (List<SourceBlock> blocks : List.of(logs, measures)) {
      bytes += blocks.stream().mapToLong(block -> block.block().payloadSize()).sum();
    }
    return new StoredWorkload(workload, logs, measures, bytes);
  }

  private static SourceBlock store(
      BlockInfo info,
      BlockPayload payload,
      StoredStream stream,
      StoredProcess process,
      BiConsumer<StoredBlock, BlockPayload> sink) {
    StoredBlock block = new StoredBlock(info, PayloadCodec.encode(payload).length, info.endTime());
    sink.accept(block, payload);
    return new SourceBlock(block, stream, process);
  }
}
