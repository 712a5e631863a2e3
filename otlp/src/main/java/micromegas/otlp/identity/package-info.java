/// Who sent OTLP: resources become processes, with ids computed from what they say.
///
/// Comes in: canonical resource messages. Goes out: ids and text. Must give the same ids for the
/// same telemetry for ever, as they decide whether a block is a retry.
@NullMarked
package micromegas.otlp.identity;

import org.jspecify.annotations.NullMarked;
