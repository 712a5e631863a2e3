package micromegas.transit;

/// The two buffers of a block as stored: compressed for native streams, raw protobuf in `objects`
/// for OTLP. The arrays are not copied; nobody may change them after construction.
@SuppressWarnings("ArrayRecordComponent") // compared by identity nowhere
public record BlockPayload(byte[] dependencies, byte[] objects) {}
