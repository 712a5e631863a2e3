package micromegas.lake.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import micromegas.common.BadRequestException;
import micromegas.common.NotFoundException;
import micromegas.lake.objects.ObjectStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every object store must do.
public abstract class ObjectStoreContract {
  @TempDir Path scratch;

  /// A store that may hold objects of other tests.
  protected abstract ObjectStore store();

  private final String folder = "contract/" + UUID.randomUUID();

  @Test
  void keepsTheFirstBytesUnderAKey() {
    String key = folder + "/first";
    assertThat(store().putIfAbsent(key, bytes("one"))).isTrue();
    assertThat(store().putIfAbsent(key, bytes("two"))).isFalse();
    assertThat(store().get(key)).isEqualTo(bytes("one"));
    assertThat(store().size(key)).hasValue(3);
  }

  @Test
  void storesFilesAndReadsRangesAndStreams() throws Exception {
    byte[] content = new byte[3_000_000];
    new Random(7).nextBytes(content);
    Path file = Files.write(scratch.resolve("large"), content);
    String key = folder + "/large";
    assertThat(store().putIfAbsent(key, file)).isTrue();
    assertThat(store().putIfAbsent(key, file)).isFalse();
    assertThat(store().get(key)).isEqualTo(content);
    assertThat(store().getRange(key, 1_234_567, 1000))
        .isEqualTo(Arrays.copyOfRange(content, 1_234_567, 1_235_567));
    assertThat(store().getRange(key, content.length - 1, 1)).hasSize(1);
    try (InputStream in = store().open(key)) {
      assertThat(in.readAllBytes()).isEqualTo(content);
    }
    assertThatThrownBy(() -> store().getRange(key, content.length - 1, 2))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining(key);
  }

  @Test
  void storesAnEmptyObject() {
    String key = folder + "/empty";
    assertThat(store().putIfAbsent(key, new byte[0])).isTrue();
    assertThat(store().get(key)).isEmpty();
    assertThat(store().size(key)).hasValue(0);
  }

  @Test
  void namesTheMissingObject() {
    String key = folder + "/missing";
    assertThat(store().size(key)).isEmpty();
    assertThatThrownBy(() -> store().get(key))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(key);
    assertThatThrownBy(() -> store().open(key)).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> store().getRange(key, 0, 1)).isInstanceOf(NotFoundException.class);
    store().delete(key);
  }

  @Test
  void deletedKeysCanBeUsedAgain() {
    String key = folder + "/again/and/again";
    store().putIfAbsent(key, bytes("one"));
    store().delete(key);
    assertThat(store().size(key)).isEmpty();
    assertThat(store().putIfAbsent(key, bytes("two"))).isTrue();
    assertThat(store().get(key)).isEqualTo(bytes("two"));
  }

  @Test
  void listsByPrefix() {
    List<String> keys =
        List.of(folder + "/list/a", folder + "/list/b/c", folder + "/lists", folder + "/other");
    keys.forEach(key -> store().putIfAbsent(key, bytes("x")));
    assertThat(listed(folder + "/list/")).containsExactlyInAnyOrder(keys.get(0), keys.get(1));
    assertThat(listed(folder + "/list"))
        .containsExactlyInAnyOrder(keys.get(0), keys.get(1), keys.get(2));
    assertThat(listed(folder + "/nothing/")).isEmpty();
  }

  private List<String> listed(String prefix) {
    List<String> found = new ArrayList<>();
    store().list(prefix, found::add);
    return found;
  }

  @Test
  void ofConcurrentPutsExactlyOneWins() throws Exception {
    String key = folder + "/race";
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> puts = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        byte[] content = bytes("writer " + i);
        puts.add(() -> store().putIfAbsent(key, content));
      }
      int winners = 0;
      for (Future<Boolean> put : threads.invokeAll(puts)) {
        winners += put.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
    }
    assertThat(new String(store().get(key), StandardCharsets.UTF_8)).startsWith("writer ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/absolute", "a//b", "../up", "a/../../b", "a/./b", "a\\b", "a\0b", "end/"})
  void refusesKeysThatAreNone(String key) {
    assertThatThrownBy(() -> store().putIfAbsent(key, bytes("x")))
        .isInstanceOf(BadRequestException.class);
    assertThatThrownBy(() -> store().get(key)).isInstanceOf(BadRequestException.class);
    assertThatThrownBy(() -> store().delete(key)).isInstanceOf(BadRequestException.class);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
