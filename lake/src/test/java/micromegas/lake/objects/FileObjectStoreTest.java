package micromegas.lake.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import micromegas.common.BadRequestException;
import micromegas.common.CorruptDataException;
import micromegas.common.NotFoundException;
import micromegas.lake.testkit.ObjectStoreContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileObjectStoreTest extends ObjectStoreContract {
  @TempDir static Path root;
  private static FileObjectStore store;

  @Override
  protected ObjectStore store() {
    return files();
  }

  private static FileObjectStore files() {
    if (store == null) {
      store = new FileObjectStore(root.resolve("lake"));
    }
    return store;
  }

  @Test
  void leavesNoDraftBehindAndHidesItsOwnFolder() throws Exception {
    files().putIfAbsent("views/one", new byte[] {1});
    files().putIfAbsent("views/one", new byte[] {2});
    try (var drafts = Files.list(root.resolve("lake/.drafts"))) {
      assertThat(drafts).isEmpty();
    }
    files().list("", key -> assertThat(key).doesNotContain(".drafts"));
    assertThatThrownBy(() -> files().putIfAbsent(".drafts/x", new byte[0]))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void objectsAreTheLocalFiles() throws Exception {
    files().putIfAbsent("views/local", new byte[] {1, 2, 3});
    try (LocalFiles.Pinned pinned = files().fetch("views/local", 3)) {
      assertThat(Files.readAllBytes(pinned.path())).containsExactly(1, 2, 3);
      assertThat(files().roots()).anyMatch(folder -> pinned.path().startsWith(folder));
    }
    assertThatThrownBy(() -> files().fetch("views/local", 4))
        .isInstanceOf(CorruptDataException.class)
        .hasMessageContaining("views/local");
    assertThatThrownBy(() -> files().fetch("views/none", 4)).isInstanceOf(NotFoundException.class);
  }
}
