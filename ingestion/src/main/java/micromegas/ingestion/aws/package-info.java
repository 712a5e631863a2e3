/// What AWS delivers through Firehose: CloudWatch metric streams and CloudWatch logs, as OTLP.
///
/// Comes in: delivery requests of Firehose. Goes out: canonical OTLP messages, stored through
/// [micromegas.ingestion.otlp.OtlpIngestion]. Must never acknowledge a delivery of which a record
/// is not stored: Firehose repeats the whole of it.
@NullMarked
package micromegas.ingestion.aws;

import org.jspecify.annotations.NullMarked;
