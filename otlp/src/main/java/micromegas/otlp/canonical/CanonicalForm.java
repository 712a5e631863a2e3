package micromegas.otlp.canonical;

import java.util.Arrays;
import micromegas.common.CorruptDataException;
import micromegas.otlp.schema.MessageType;

/// The one encoding of a message that identities are computed from and that is stored:
///
/// - unknown fields and groups are dropped,
/// - fields stand in ascending order of numbers, except that a oneof stands where its lowest number
///   would,
/// - fields without explicit presence are left out when they are zero or empty,
/// - repeated numbers are packed,
/// - of several values of a singular field the last one counts; messages are merged,
/// - varints are as short as they can be.
///
/// It equals what the reference implementation writes after decoding (prost, a Rust library), so
/// that a redelivery to the other implementation is recognised. Messages that are canonical
/// already, which is what most SDKs send, are recognised in one pass. Keeps its buffers. Not
/// thread-safe.
public final class CanonicalForm {
  /// How deep messages may be nested below a request.
  public static final int MAX_DEPTH = FieldRules.MAX_DEPTH;

  private final CanonicalCheck check = new CanonicalCheck();
  private final CanonicalRewriter rewriter = new CanonicalRewriter();

  /// The canonical form of the message in `bytes[begin, end)`, in an array of its own.
  ///
  /// @param depth messages around this one; 1 for the resource messages of a request
  /// @throws CorruptDataException when it is not protobuf, is nested deeper than [#MAX_DEPTH], has
  ///   a text that is not UTF-8 or a known field of another wire type
  public byte[] of(MessageType type, byte[] bytes, int begin, int end, int depth) {
    return check.isCanonical(type, bytes, begin, end, depth)
        ? Arrays.copyOfRange(bytes, begin, end)
        : rewriter.rewritten(type, bytes, begin, end, depth);
  }

  /// Whether the message in `bytes[begin, end)` is in canonical form.
  ///
  /// @throws CorruptDataException as [#of], though not for every malformed message
  public boolean isCanonical(MessageType type, byte[] bytes, int begin, int end, int depth) {
    return check.isCanonical(type, bytes, begin, end, depth);
  }
}
