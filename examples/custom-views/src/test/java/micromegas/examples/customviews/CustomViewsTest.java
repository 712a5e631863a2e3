package micromegas.examples.customviews;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.common.CorruptDataException;
import micromegas.lake.StoredBlock;
import micromegas.lake.StoredProcess;
import micromegas.lake.StoredStream;
import micromegas.lakehouse.blocks.BlockProcessor;
import micromegas.lakehouse.blocks.DecodeScratch;
import micromegas.lakehouse.blocks.SourceBlock;
import micromegas.lakehouse.columns.BytesColumn;
import micromegas.lakehouse.columns.ColumnBatch;
import micromegas.lakehouse.columns.DictionaryColumn;
import micromegas.lakehouse.view.BlockProcessors;
import micromegas.lakehouse.view.View;
import micromegas.lakehouse.view.ViewFactories;
import micromegas.lakehouse.view.ViewFactory;
import micromegas.lakehouse.view.ViewId;
import micromegas.lakehouse.view.ViewSource;
import micromegas.transit.BlockInfo;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import org.junit.jupiter.api.Test;

class CustomViewsTest {
  private static final String FORMAT = "micromegas-transit";

  private static ViewFactory factory() {
    return ViewFactories.standard(
        BlockProcessors.NONE.with("log_entries", FORMAT, new Entries()),
        ViewFactories.installedExtensions());
  }

  @Test
  void theJarOnTheClassPathIsEnough() {
    ViewFactory factory = factory();
    assertThat(factory.globalViews())
        .extracting(view -> view.id().viewSet())
        .contains("log_stats")
        .endsWith("log_errors", "error_counts");
    String process = "AB" + UUID.randomUUID().toString().substring(2).toUpperCase(Locale.ROOT);
    View instance = factory.make("log_errors", process);
    assertThat(instance.id().instanceId()).isEqualTo(process.toLowerCase(Locale.ROOT));
    assertThat(instance.schema().hash())
        .isEqualTo(factory.globalView("log_errors").orElseThrow().schema().hash());
    assertThatThrownBy(() -> factory.make("log_errors", "nobody"))
        .isInstanceOf(BadRequestException.class);
    assertThatThrownBy(() -> factory.make("error_counts", process))
        .hasMessageContaining("view set error_counts not found");
  }

  @Test
  void aViewThatReadsAnotherComesAfterIt() {
    ViewFactory factory = factory();
    assertThat(group(factory, "error_counts")).isGreaterThan(group(factory, "log_entries"));
  }

  @Test
  void errorsAndFatalsStayAndTheRestGoes() {
    ColumnBatch out = process(new Entries());
    assertThat(out.rows()).isEqualTo(2);
    assertThat(text(out.dictionary(0), 0)).isEqualTo("p");
    assertThat(out.longs(2).get(0)).isEqualTo(101);
    assertThat(out.longs(2).get(1)).isEqualTo(104);
    assertThat(text(out.dictionary(3), 1)).isEqualTo("target4");
    assertThat(out.ints(4).get(0)).isEqualTo(1);
    assertThat(out.ints(5).get(1)).isEqualTo("größe 4".getBytes(StandardCharsets.UTF_8).length);
    assertThat(text(out.bytes(6), 1)).isEqualTo("größe 4");
    assertThat(List.of(out.minEventNanos(), out.maxEventNanos())).containsExactly(101L, 104L);
  }

  @Test
  void aBlockThatCannotBeDecodedLeavesNoRowAndSaysSo() {
    BlockProcessor broken =
        new BlockProcessor() {
          @Override
          public int version() {
            return 3;
          }

          @Override
          public void process(
              SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
            new Entries().process(block, payload, out, scratch);
            throw new CorruptDataException("cut short");
          }
        };
    View view = errorsOver(broken);
    ColumnBatch out = new ColumnBatch(view.schema().arrow());
    BlockProcessor processor = ((ViewSource.Blocks) view.source()).processors().get(FORMAT);
    assertThatThrownBy(() -> processor.process(BLOCK, new byte[0], out, new DecodeScratch()))
        .isInstanceOf(CorruptDataException.class);
    assertThat(out.rows()).isZero();
    assertThat(processor.version()).isEqualTo(1003);
  }

  private static int group(ViewFactory factory, String viewSet) {
    return factory.globalView(viewSet).orElseThrow().batch().orElseThrow().updateGroup();
  }

  private static View errorsOver(BlockProcessor entries) {
    return ViewFactories.standard(
            BlockProcessors.NONE.with("log_entries", FORMAT, entries), List.of(new CustomViews()))
        .make("log_errors", ViewId.GLOBAL);
  }

  private static ColumnBatch process(BlockProcessor entries) {
    View view = errorsOver(entries);
    ColumnBatch out = new ColumnBatch(view.schema().arrow());
    ((ViewSource.Blocks) view.source())
        .processors()
        .get(FORMAT)
        .process(BLOCK, new byte[0], out, new DecodeScratch());
    return out;
  }

  private static String text(DictionaryColumn column, int row) {
    return text(column.dictionary(), column.indices()[row]);
  }

  private static String text(BytesColumn column, int row) {
    return new String(
        Arrays.copyOfRange(column.data(), column.begin(row), column.end(row)),
        StandardCharsets.UTF_8);
  }

  /// The entries do not depend on the block.
  private static final SourceBlock BLOCK = sourceBlock();

  private static SourceBlock sourceBlock() {
    UUID process = new UUID(0, 1);
    UUID stream = new UUID(0, 2);
    Instant epoch = Instant.EPOCH;
    ProcessInfo processInfo =
        new ProcessInfo(process, "", "", "", "", "", "", 1, epoch, 0, Optional.empty(), Map.of());
    StreamInfo streamInfo =
        new StreamInfo(process, stream, List.of(), List.of(), List.of("log"), Map.of(), FORMAT);
    BlockInfo block = new BlockInfo(new UUID(0, 3), stream, process, epoch, 0, epoch, 1, 0, 6);
    return new SourceBlock(
        new StoredBlock(block, 0, epoch),
        new StoredStream(streamInfo, epoch),
        new StoredProcess(processInfo, epoch));
  }

  /// Six entries of the levels 1, 3, 4, 2, 5, 6 (all but the last column set of `log_entries`).
  private static final class Entries implements BlockProcessor {
    private static final int[] LEVELS = {1, 3, 4, 2, 5, 6};

    @Override
    public int version() {
      return 1;
    }

    @Override
    public void process(SourceBlock block, byte[] payload, ColumnBatch out, DecodeScratch scratch) {
      for (int row = 0; row < LEVELS.length; row++) {
        long nanos = 101L + row;
        int column = 0;
        for (String name : List.of("p", "s", "b")) {
          append(out.dictionary(column++), name);
        }
        out.longs(column++).append(7);
        for (String name : List.of("exe", "user", "computer")) {
          append(out.dictionary(column++), name);
        }
        out.longs(column++).append(nanos);
        append(out.dictionary(column++), "target" + (row + 1));
        out.ints(column++).append(LEVELS[row]);
        byte[] msg = ("größe " + (row + 1)).getBytes(StandardCharsets.UTF_8);
        out.bytes(column++).append(msg, 0, msg.length);
        append(out.dictionary(column++), "{}");
        append(out.dictionary(column), "{}");
        out.widen(nanos, nanos);
      }
    }

    private static void append(DictionaryColumn column, String value) {
      column.appendIndex(column.intern(value.getBytes(StandardCharsets.UTF_8)));
    }
  }
}
