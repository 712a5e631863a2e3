package micromegas.ingestion.otlp;

import java.util.UUID;

/// A process and its stream of one signal, both registered.
record Sender(UUID processId, UUID streamId) {}
