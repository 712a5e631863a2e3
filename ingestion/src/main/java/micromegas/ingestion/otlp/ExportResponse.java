package micromegas.ingestion.otlp;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.ProtoWriter;

/// The answer to an export request that was taken: `Export…ServiceResponse`, which has the same
/// shape for all signals. Stateless.
public final class ExportResponse {
  private static final byte[] NOTHING = {};

  private ExportResponse() {}

  /// In protobuf: nothing, unless records were rejected.
  public static byte[] protobuf(ExportResult result) {
    Optional<String> reason = result.reason();
    if (reason.isEmpty()) {
      return NOTHING;
    }
    ProtoWriter partial = new ProtoWriter();
    partial.tag(1, ProtoReader.VARINT);
    partial.varint(result.rejected());
    partial.string(2, reason.get());
    ProtoWriter response = new ProtoWriter();
    response.tag(1, ProtoReader.LENGTH_DELIMITED);
    response.bytes(partial.array(), 0, partial.size());
    return response.toByteArray();
  }

  /// In JSON.
  public static byte[] json(ExportResult result) {
    String partial =
        result
            .reason()
            .map(reason ->
                "{\"%s\":\"%d\",\"errorMessage\":%s}"
                    .formatted(rejected(result), result.rejected(), JsonText.quoted(reason)))
            .orElse("null");
    return ("{\"partialSuccess\":" + partial + "}").getBytes(StandardCharsets.UTF_8);
  }

  private static String rejected(ExportResult result) {
    return switch (result.signal()) {
      case LOGS -> "rejectedLogRecords";
      case METRICS -> "rejectedDataPoints";
      case TRACES -> "rejectedSpans";
    };
  }
}
