package micromegas.ingestion;

/// The ways in.
public enum Door {
  /// CBOR envelopes over HTTP.
  NATIVE,
  OTLP_HTTP,
  OTLP_GRPC,
  WEBHOOK,
  FIREHOSE
}
