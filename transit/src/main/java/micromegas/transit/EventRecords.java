package micromegas.transit;

/// The records that our own clients write into the object buffers of their blocks: type index and
/// size in bytes, the type index included. Packed, little-endian, as [ClientTypes] describes them.
///
/// ```text
/// thread span            type 1 | descriptor 8 | ticks 8
/// named thread span      type 1 | location 8 | name 8 | ticks 8
/// async span             type 1 | descriptor 8 | span id 8 | parent id 8 | depth 4 | ticks 8
/// named async span       type 1 | location 8 | name 8 | span id 8 | parent id 8 | depth 4 | ticks 8
/// metric                 type 1 | descriptor 8 | value 8 | ticks 8
/// tagged metric          type 1 | descriptor 8 | properties 8 | value 8 | ticks 8
/// constant log           type 1 | descriptor 8 | ticks 8
/// log with text          type 1 | size 4 | descriptor 8 | ticks 8 | codec 1 | length 4 | text
/// tagged log             type 1 | size 4 | descriptor 8 | properties 8 | ticks 8 | codec 1 | length 4 | text
/// image                  type 1 | size 4 | ticks 8 | name | format | length 4 | bytes
/// ```
public final class EventRecords {
  public static final byte BEGIN_SPAN = 0;
  public static final byte END_SPAN = 1;
  public static final byte BEGIN_NAMED_SPAN = 2;
  public static final byte END_NAMED_SPAN = 3;
  public static final byte BEGIN_ASYNC_SPAN = 4;
  public static final byte END_ASYNC_SPAN = 5;
  public static final byte BEGIN_NAMED_ASYNC_SPAN = 6;
  public static final byte END_NAMED_ASYNC_SPAN = 7;

  public static final int SPAN_BYTES = 17;
  public static final int NAMED_SPAN_BYTES = 25;
  public static final int ASYNC_SPAN_BYTES = 37;
  public static final int NAMED_ASYNC_SPAN_BYTES = 45;

  public static final byte INTEGER_METRIC = ClientTypes.METRIC_INTEGER;
  public static final byte FLOAT_METRIC = ClientTypes.METRIC_FLOAT;
  public static final byte TAGGED_FLOAT_METRIC = ClientTypes.METRIC_TAGGED_FLOAT;
  public static final byte TAGGED_INTEGER_METRIC = ClientTypes.METRIC_TAGGED_INTEGER;

  public static final int METRIC_BYTES = 25;
  public static final int TAGGED_METRIC_BYTES = 33;

  public static final byte CONSTANT_LOG = ClientTypes.LOG_STATIC;
  public static final byte LOG = ClientTypes.LOG_STRING;
  public static final byte TAGGED_LOG = ClientTypes.LOG_TAGGED;

  public static final int CONSTANT_LOG_BYTES = 17;

  /// Without the text.
  public static final int LOG_BYTES = 26;

  /// Without the text.
  public static final int TAGGED_LOG_BYTES = 34;

  public static final byte IMAGE = 0;

  /// Without name, format and content.
  public static final int IMAGE_BYTES = 27;

  /// Codec of a text that is UTF-8.
  public static final byte UTF8 = 2;

  private EventRecords() {}
}
