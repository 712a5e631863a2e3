package micromegas.lakehouse.fresh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import micromegas.common.UnavailableException;
import micromegas.lakehouse.fresh.LiveLake.Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The disk of the objects and of the server's own files is full: a small one, mounted for the
/// test, which takes a privileged user on Linux.
class FullDiskTest {
  private static final Instant HOUR = Instant.parse("2026-05-06T12:00:00Z");
  private static final int PAYLOAD = 200_000;

  @TempDir Path folder;
  private Path disk;
  private LiveLake live;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    Assumptions.assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", disk.toString()),
        "a disk cannot be mounted here");
    live = new LiveLake(disk, HOUR.plusSeconds(60), FreshSettings.DEFAULT);
  }

  @AfterEach
  void unmount() throws Exception {
    if (live != null) {
      live.close();
      assertThat(run("umount", "-l", disk.toString())).isTrue();
    }
  }

  @Test
  void saysSoLosesNothingAndRecovers() throws Exception {
    Source source = live.newSource();
    Instant closed = HOUR.minusSeconds(100);
    live.insertBlock(source, closed, 3);
    live.insertBlock(source, HOUR.plusSeconds(1), 4);
    Path filler = disk.resolve("filler");
    fill(filler);

    // Neither object nor row, so nobody acknowledges it.
    assertThatThrownBy(() -> large(source, closed.plusSeconds(1)))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("No space left on device");
    assertThatThrownBy(() -> live.query("SELECT msg FROM log_entries"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("No space left on device");
    assertThat(live.lake.partitions().listAll()).isEmpty();
    assertThat(live.query("SELECT count(*) FROM list_block_errors()")).containsExactly("0");

    Files.delete(filler);
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(7);
    large(source, closed.plusSeconds(1));
    assertThat(live.count("SELECT count(*) FROM log_entries")).isEqualTo(9);
    assertThat(live.query("SELECT msg FROM log_entries")).doesNotHaveDuplicates();
    assertThat(live.count("SELECT count(*) FROM blocks")).isEqualTo(3);
    try (Stream<Path> drafts = Files.list(disk.resolve("objects").resolve(".drafts"))) {
      assertThat(drafts).isEmpty();
    }
  }

  private void large(Source source, Instant inserted) {
    live.insertBlock(source, inserted, inserted.minusSeconds(1), 2, "x".repeat(PAYLOAD));
  }

  /// Writes until nothing more fits.
  private static void fill(Path file) throws IOException {
    for (int size : List.of(1 << 20, 4096)) {
      try (OutputStream out =
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        byte[] piece = new byte[size];
        assertThatThrownBy(
                () -> {
                  while (true) {
                    out.write(piece);
                  }
                })
            .isInstanceOf(IOException.class);
      }
    }
  }

  private static boolean run(String... command) throws Exception {
    try {
      return new ProcessBuilder(List.of(command)).redirectErrorStream(true).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
