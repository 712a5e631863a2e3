package micromegas.lakehouse.blocks;

/// How the events of one type are read: which reader takes them, and where the fields that it wants
/// lie. Most view sets add their field handles; nothing changes after [EventTypes#resolve].
class EventFields {
  /// The view set does not know the type: its events are skipped with a warning.
  static final byte UNKNOWN = 0;

  /// The type belongs to another view set of the same streams: its events are skipped silently.
  static final byte FOREIGN = 1;

  /// First number for the readers of a view set.
  static final byte FIRST_READER = 2;

  final byte reader;

  EventFields(byte reader) {
    this.reader = reader;
  }
}
