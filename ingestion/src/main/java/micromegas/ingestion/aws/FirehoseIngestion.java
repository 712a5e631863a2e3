package micromegas.ingestion.aws;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import micromegas.common.CorruptDataException;
import micromegas.ingestion.Caller;
import micromegas.ingestion.Door;
import micromegas.ingestion.admission.MemoryAdmission;
import micromegas.ingestion.otlp.Failure;
import micromegas.ingestion.otlp.Gunzip;
import micromegas.ingestion.otlp.OtlpIngestion;
import micromegas.otlp.OtlpTags;
import micromegas.otlp.ProtoReader;
import micromegas.otlp.Signal;
import micromegas.otlp.canonical.CanonicalForm;

/// Stores the records of deliveries, each before the next one is looked at. What was stored before
/// an error stays stored; the repetition of the delivery meets it again. Thread-safe.
///
/// Both methods that store throw [CorruptDataException] for a record that cannot be read,
/// [ConflictException] when a process belongs to another write audience, and [UnavailableException]
/// when the database or the object store fails.
public final class FirehoseIngestion {
  /// Largest decompressed record of CloudWatch logs.
  public static final int MAX_LOG_RECORD_BYTES = 64 * 1024 * 1024;

  private static final byte[] NO_CONTEXT = {};
  private static final int RESOURCE_DEPTH = 1;

  private final OtlpIngestion ingestion;

  public FirehoseIngestion(OtlpIngestion ingestion) {
    this.ingestion = ingestion;
  }

  /// Counts a delivery that was refused, if it was for what it is.
  public void refused(Failure failure) {
    ingestion.refused(Door.FIREHOSE, failure);
  }

  /// Stores a delivery of a CloudWatch metric stream in its OpenTelemetry 1.0 format: records are
  /// sequences of a length and an export request.
  public void metrics(FirehoseDelivery delivery, Caller caller) {
    for (int i = 0; i < delivery.records().size(); i++) {
      byte[] record = delivery.records().get(i);
      int position = 0;
      for (int j = 0; position < record.length; j++) {
        String place = "firehose record[%d] message[%d]: ".formatted(i, j);
        ProtoReader length = new ProtoReader().over(record, position, record.length);
        int begin;
        int end;
        List<byte[]> messages;
        try {
          begin = length.beginDelimited();
          end = length.end();
          messages = metricMessages(record, begin, end);
        } catch (CorruptDataException e) {
          throw new CorruptDataException(place + e.getMessage(), e);
        }
        ingestion.storeCanonical(Signal.METRICS, messages, NO_CONTEXT, caller);
        position = end;
      }
    }
  }

  /// The resource messages of an export request, those of metric streams split by namespace.
  private static List<byte[]> metricMessages(byte[] bytes, int begin, int end) {
    List<byte[]> messages = new ArrayList<>();
    CanonicalForm form = new CanonicalForm();
    ProtoReader request = new ProtoReader().over(bytes, begin, end);
    while (request.next()) {
      if (request.tag() == OtlpTags.ExportRequest.RESOURCES) {
        byte[] message =
            form.of(
                Signal.METRICS.resource(), bytes, request.begin(), request.end(), RESOURCE_DEPTH);
        messages.addAll(MetricStreamSplitter.split(message));
      } else if (request.field() == OtlpTags.ExportRequest.RESOURCES >>> 3) {
        throw new CorruptDataException(
            "protobuf: resourceMetrics has wire type " + request.wireType());
      }
    }
    return messages;
  }

  /// Stores a delivery of a subscription to CloudWatch logs: records are gzipped JSON.
  ///
  /// @param share what the delivery holds of the memory; it grows with the decompressed records
  public void logs(FirehoseDelivery delivery, MemoryAdmission.Share share, Caller caller) {
    long decompressed = 0;
    long held = share.bytes();
    int batchLimit = ingestion.settings().maxDecodedBytes();
    for (int i = 0; i < delivery.records().size(); i++) {
      byte[] record = delivery.records().get(i);
      String place = "cloudwatch logs record[" + i + "]: ";
      Gunzip.Content content;
      try {
        content =
            Gunzip.inflate(record, 0, record.length, MAX_LOG_RECORD_BYTES, share)
                .orElseThrow(() ->
                    new CorruptDataException(
                        "decompressed it has more than " + MAX_LOG_RECORD_BYTES + " bytes"));
        decompressed += content.length();
        if (decompressed > batchLimit) {
          throw new CorruptDataException(
              "decompressed the delivery has more than " + batchLimit + " bytes");
        }
        Optional<byte[]> message = CloudWatchLogs.message(content.bytes(), content.length());
        message.ifPresent(
            logs -> ingestion.storeCanonical(Signal.LOGS, List.of(logs), NO_CONTEXT, caller));
      } catch (CorruptDataException e) {
        throw new CorruptDataException(place + e.getMessage(), e);
      }
      share.shrinkTo(held);
    }
  }
}
