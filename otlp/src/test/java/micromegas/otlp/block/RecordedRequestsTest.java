package micromegas.otlp.block;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.UUID;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;
import micromegas.otlp.canonical.CanonicalForm;
import micromegas.otlp.identity.OtlpIds;
import micromegas.otlp.identity.ResourceAttributes;
import org.junit.jupiter.api.Test;

/// What the Python SDK sent, and what the reference implementation made of it.
class RecordedRequestsTest {
  @Test
  void blocksHaveTheIdsAndCountsOfTheReference() throws IOException {
    check("otel/0000.bin", Signal.TRACES, "a28c8449-c17c-5fdc-a7dc-cf987f29c3ef", 120);
    check("otel/0001.bin", Signal.METRICS, "511b93f5-54ab-5dfd-9b9f-b748de3d1788", 5);
    check("otel/0002.bin", Signal.LOGS, "103535ab-e449-5c36-8f88-cde270d49706", 60);
  }

  private static void check(String recording, Signal signal, String block, int records)
      throws IOException {
    byte[] request;
    try (InputStream in =
        RecordedRequestsTest.class.getClassLoader().getResourceAsStream(recording)) {
      request = in.readAllBytes();
    }
    ProtoReader reader = new ProtoReader().over(request, 0, request.length);
    assertThat(reader.next()).isTrue();
    assertThat(reader.tag()).isEqualTo(OtlpTags.ExportRequest.RESOURCES);
    byte[] message =
        new CanonicalForm().of(signal.resource(), request, reader.begin(), reader.end(), 1);
    assertThat(reader.next()).isFalse();

    assertThat(OtlpIds.block(Optional.empty(), new byte[0], message)).hasToString(block);
    assertThat(new BlockScanner().scan(signal, message))
        .satisfies(summary -> {
          assertThat(summary.records()).isEqualTo(records);
          assertThat(summary.isTimed()).isTrue();
          assertThat(summary.rejected()).isZero();
        });
    reader.over(message, 0, message.length).next();
    UUID process =
        OtlpIds.process(
            ResourceAttributes.read(message, reader.begin(), reader.end()), Optional.empty());
    assertThat(process).hasToString("0dcfcb9e-66df-5803-adde-b85584debfbd");
  }
}
