package micromegas.server.flight;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import micromegas.common.BadRequestException;
import micromegas.common.TimeRange;

/// The headers of one call that mean something to queries. Labels are free text for the audit
/// record and never decide anything.
///
/// @param rangeBegin text of `query_range_begin`; empty when absent or blank
/// @param rangeEnd text of `query_range_end`; empty when absent or blank
/// @param limit text of `limit`, as sent
/// @param preserveDictionary whether dictionary columns stay dictionaries
public record CallHeaders(
    Optional<String> rangeBegin,
    Optional<String> rangeEnd,
    Optional<String> limit,
    boolean preserveDictionary,
    String clientAddress,
    Labels labels) {

  /// An instant of the year 1700: no clock of a client has ever been there.
  private static final TimeRange NOTHING =
      TimeRange.of(Instant.parse("1700-01-01T00:00:00Z"), Instant.parse("1700-01-01T00:00:00Z"));

  /// What a client says about itself.
  public record Labels(
      String type,
      String agent,
      String entrypoint,
      Optional<String> session,
      Optional<String> notebook,
      Optional<String> cell,
      Optional<String> userId,
      Optional<String> userEmail,
      Optional<String> userName) {}

  static CallHeaders of(Metadata metadata, Attributes attributes) {
    return new CallHeaders(
        text(metadata, "query_range_begin").filter(value -> !value.isEmpty()),
        text(metadata, "query_range_end").filter(value -> !value.isEmpty()),
        text(metadata, "limit"),
        text(metadata, "preserve_dictionary").filter("true"::equalsIgnoreCase).isPresent(),
        clientAddress(metadata, attributes),
        new Labels(
            label(metadata, "x-client-type").orElse("unknown"),
            label(metadata, "x-client-agent").orElse("unknown"),
            label(metadata, "x-client-entrypoint").orElse("unknown"),
            label(metadata, "x-client-session"),
            label(metadata, "x-client-notebook"),
            label(metadata, "x-client-cell"),
            label(metadata, "x-user-id"),
            label(metadata, "x-user-email"),
            label(metadata, "x-user-name")));
  }

  /// The range of event time, inclusive at both ends; everything unless both ends are given. A
  /// range that ends before it begins matches nothing.
  ///
  /// @throws BadRequestException for text that is no RFC 3339 time
  public TimeRange range() {
    if (rangeBegin.isEmpty() || rangeEnd.isEmpty()) {
      return TimeRange.ALL;
    }
    long begin = Rfc3339.parseNanos("query_range_begin", rangeBegin.get());
    long end = Rfc3339.parseNanos("query_range_end", rangeEnd.get());
    return begin <= end ? new TimeRange(begin, end) : NOTHING;
  }

  /// @throws BadRequestException unless absent or an unsigned integer
  public OptionalLong rowLimit() {
    if (limit.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      long value = Long.parseUnsignedLong(limit.get().strip());
      return OptionalLong.of(value < 0 ? Long.MAX_VALUE : value);
    } catch (NumberFormatException e) {
      throw new BadRequestException(
          "Unable to parse limit as an unsigned integer: '" + limit.get() + "'", e);
    }
  }

  /// Whether the same statement gives the same rows under both: neither labels nor the form of
  /// columns matter.
  boolean selectSameRows(CallHeaders other) {
    return rangeBegin.equals(other.rangeBegin)
        && rangeEnd.equals(other.rangeEnd)
        && limit.equals(other.limit)
        && labels.userId().equals(other.labels.userId());
  }

  private static Optional<String> text(Metadata metadata, String name) {
    return Optional.ofNullable(
        metadata.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER)));
  }

  private static Optional<String> label(Metadata metadata, String name) {
    return text(metadata, name).filter(value -> !value.isEmpty());
  }

  /// The nearest proxy's view of the caller: the right-most address of the last `x-forwarded-for`
  /// line, else `x-real-ip`, else the socket.
  private static String clientAddress(Metadata metadata, Attributes attributes) {
    Iterable<String> lines =
        metadata.getAll(Metadata.Key.of("x-forwarded-for", Metadata.ASCII_STRING_MARSHALLER));
    String last = "";
    if (lines != null) {
      for (String line : lines) {
        last = line;
      }
    }
    String[] elements = last.split(",", -1);
    for (int i = elements.length - 1; i >= 0; i--) {
      Optional<String> address = address(elements[i].strip());
      if (address.isPresent()) {
        return address.get();
      }
    }
    return text(metadata, "x-real-ip")
        .flatMap(value -> address(value.strip()))
        .orElseGet(() -> socketAddress(attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
  }

  private static Optional<String> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text.toLowerCase(Locale.ROOT)).getHostAddress());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String socketAddress(@org.jspecify.annotations.Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet.getAddress().getHostAddress()
        : "unknown";
  }
}
