package micromegas.tracing.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/// Leaves out the spans that an agent makes of what this library does itself: each upload would be
/// one, and would be uploaded. Everything else is up to another sampler. Thread-safe.
public final class OwnThreadsSampler implements Sampler {
  /// By name: the threads may belong to another copy of the library, in the application or an
  /// agent.
  private static final String OWN_THREAD = "micromegas.tracing.record.SdkThread";

  private final Sampler others;

  /// @param others decides about all other spans
  public OwnThreadsSampler(Sampler others) {
    this.others = others;
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    return Thread.currentThread().getClass().getName().equals(OWN_THREAD)
        ? SamplingResult.drop()
        : others.shouldSample(parent, traceId, name, kind, attributes, links);
  }

  @Override
  public String getDescription() {
    return "OwnThreadsSampler{" + others.getDescription() + '}';
  }
}
