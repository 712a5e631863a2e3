package micromegas.lakehouse.materialize;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import micromegas.lake.partition.Partition;
import micromegas.query.ExportRequest;
import org.junit.jupiter.api.Test;

class RowGroupRowsTest {
  private static final Instant TIME = Instant.parse("2026-11-24T20:00:00Z");

  @Test
  void rowGroupsOfLargeRowsHaveFewRows() {
    long mib = 1 << 20;
    assertThat(RowGroupRows.fitting(List.of(partition(100 * mib, 100)))).isEqualTo(64);
    assertThat(RowGroupRows.fitting(List.of(partition(mib, 1), partition(3 * mib, 1))))
        .isEqualTo(32);
    assertThat(RowGroupRows.fitting(List.of(partition(1000 * mib, 1)))).isEqualTo(1);
    assertThat(RowGroupRows.fitting(List.of(partition(2 * mib, 1_000_000))))
        .isEqualTo(ExportRequest.MAX_ROW_GROUP_ROWS);
    assertThat(RowGroupRows.fitting(List.of(partition(0, 0))))
        .isEqualTo(ExportRequest.MAX_ROW_GROUP_ROWS);
  }

  private static Partition partition(long bytes, long rows) {
    return new Partition(
        "images",
        "global",
        TIME,
        TIME.plusSeconds(60),
        Optional.empty(),
        TIME,
        Optional.of("file"),
        bytes,
        new byte[] {1},
        new byte[8],
        rows,
        2,
        Optional.empty(),
        Optional.empty());
  }
}
