/// OpenTelemetry's protocol (OTLP 1.x) as bytes.
///
/// Comes in: protobuf messages from the network or from stored blocks. Goes out: field values read
/// in place. Must never trust a length, a count or a depth that it reads, and never makes an object
/// per record or attribute. It knows nothing of lakes, views or HTTP.
///
/// Facts: the protobuf wire format and `opentelemetry-proto` 1.11.
@NullMarked
package micromegas.otlp;

import org.jspecify.annotations.NullMarked;
