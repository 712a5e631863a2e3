package micromegas.lake.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import micromegas.common.UnavailableException;
import micromegas.lake.testkit.ObjectStoreContract;
import micromegas.lake.testkit.TestS3;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class S3ObjectStoreTest extends ObjectStoreContract {
  private static TestS3 server;
  private static ObjectStore store;

  @BeforeAll
  static void start() {
    server = new TestS3();
    store = ObjectStores.open("s3://" + TestS3.BUCKET + "/some/lake", server.environment());
  }

  @AfterAll
  static void stop() {
    store.close();
    server.close();
  }

  @Override
  protected ObjectStore store() {
    return store;
  }

  @Test
  void keepsToItsPrefixOfTheBucket() {
    try (ObjectStore neighbour =
            ObjectStores.open("s3://" + TestS3.BUCKET + "/some/lake2", server.environment());
        ObjectStore bucket = ObjectStores.open("s3://" + TestS3.BUCKET, server.environment())) {
      neighbour.putIfAbsent("theirs", new byte[] {1});
      store.putIfAbsent("ours", new byte[] {2});
      assertThat(store.size("theirs")).isEmpty();
      List<String> keys = new ArrayList<>();
      store.list("", keys::add);
      assertThat(keys).contains("ours").doesNotContain("theirs");
      assertThat(bucket.get("some/lake/ours")).containsExactly(2);
    }
  }

  @Test
  void listsMoreThanOnePage() {
    for (int i = 0; i < 1_050; i++) {
      store.putIfAbsent("pages/" + i, new byte[0]);
    }
    List<String> keys = new ArrayList<>();
    store.list("pages/", keys::add);
    assertThat(keys).hasSize(1_050).doesNotHaveDuplicates();
  }

  @Test
  void aWrongKeyOrBucketIsAnOutage() {
    Map<String, String> wrong = new HashMap<>(server.environment());
    wrong.put("AWS_SECRET_ACCESS_KEY", "wrong");
    try (ObjectStore refused = ObjectStores.open("s3://" + TestS3.BUCKET, wrong)) {
      assertThatThrownBy(() -> refused.putIfAbsent("a", new byte[0]))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("s3://" + TestS3.BUCKET);
    }
    try (ObjectStore missing = ObjectStores.open("s3://no-such-bucket", server.environment())) {
      assertThatThrownBy(() -> missing.putIfAbsent("a", new byte[0]))
          .isInstanceOf(UnavailableException.class)
          .hasMessageContaining("no-such-bucket");
      assertThatThrownBy(() -> missing.get("a")).isInstanceOf(UnavailableException.class);
    }
  }
}
