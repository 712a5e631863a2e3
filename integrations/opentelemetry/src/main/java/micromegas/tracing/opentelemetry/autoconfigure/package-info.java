/// What the SDK's autoconfiguration finds: exporters named `micromegas`, and the bridge, which
/// `otel.micromegas.bridge` switches on.
@NullMarked
package micromegas.tracing.opentelemetry.autoconfigure;

import org.jspecify.annotations.NullMarked;
