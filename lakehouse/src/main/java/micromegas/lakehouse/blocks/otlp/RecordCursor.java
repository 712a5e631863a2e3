package micromegas.lakehouse.blocks.otlp;

import micromegas.otlp.OtlpTags.InstrumentationScope;
import micromegas.otlp.OtlpTags.ResourceSignal;
import micromegas.otlp.OtlpTags.ScopeSignal;
import micromegas.otlp.ProtoReader;

/// Steps through the records (log records, metrics or spans) of a resource message, scope by scope.
/// All positions are positions in [#bytes]; an absent text is an empty range. Not thread-safe.
final class RecordCursor {
  private final ProtoReader resource = new ProtoReader();
  private final ProtoReader fields = new ProtoReader();
  private byte[] bytes = {};
  private boolean inScope;
  private int scope;

  private int scopeBegin;
  private int scopeEnd;
  private int nameBegin;
  private int nameEnd;
  private int versionBegin;
  private int versionEnd;
  private int schemaUrlBegin;
  private int schemaUrlEnd;

  void open(byte[] message, int begin, int end) {
    bytes = message;
    resource.over(message, begin, end);
    inScope = false;
    scope = -1;
  }

  /// Moves to the next record; false behind the last one.
  boolean next() {
    while (true) {
      while (inScope && fields.next()) {
        if (fields.tag() == ScopeSignal.RECORDS) {
          return true;
        }
      }
      inScope = false;
      do {
        if (!resource.next()) {
          return false;
        }
      } while (resource.tag() != ResourceSignal.SCOPES);
      beginScope(resource.begin(), resource.end());
    }
  }

  private void beginScope(int begin, int end) {
    scope++;
    inScope = true;
    scopeBegin = 0;
    scopeEnd = 0;
    schemaUrlBegin = 0;
    schemaUrlEnd = 0;
    // What describes the scope may come behind its records.
    fields.over(bytes, begin, end);
    while (fields.next()) {
      switch (fields.tag()) {
        case ScopeSignal.SCOPE -> {
          scopeBegin = fields.begin();
          scopeEnd = fields.end();
        }
        case ScopeSignal.SCHEMA_URL -> {
          schemaUrlBegin = fields.begin();
          schemaUrlEnd = fields.end();
        }
        default -> {}
      }
    }
    describeScope();
    fields.over(bytes, begin, end);
  }

  private void describeScope() {
    nameBegin = 0;
    nameEnd = 0;
    versionBegin = 0;
    versionEnd = 0;
    fields.over(bytes, scopeBegin, scopeEnd);
    while (fields.next()) {
      switch (fields.tag()) {
        case InstrumentationScope.NAME -> {
          nameBegin = fields.begin();
          nameEnd = fields.end();
        }
        case InstrumentationScope.VERSION -> {
          versionBegin = fields.begin();
          versionEnd = fields.end();
        }
        default -> {}
      }
    }
  }

  byte[] bytes() {
    return bytes;
  }

  /// Where the current record begins.
  int begin() {
    return fields.begin();
  }

  /// Where the current record ends.
  int end() {
    return fields.end();
  }

  /// Number of the current record's scope, from 0.
  int scope() {
    return scope;
  }

  int scopeBegin() {
    return scopeBegin;
  }

  int scopeEnd() {
    return scopeEnd;
  }

  int nameBegin() {
    return nameBegin;
  }

  int nameEnd() {
    return nameEnd;
  }

  int versionBegin() {
    return versionBegin;
  }

  int versionEnd() {
    return versionEnd;
  }

  int schemaUrlBegin() {
    return schemaUrlBegin;
  }

  int schemaUrlEnd() {
    return schemaUrlEnd;
  }
}
