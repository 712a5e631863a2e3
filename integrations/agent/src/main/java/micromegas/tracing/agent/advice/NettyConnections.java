package micromegas.tracing.agent.advice;

import micromegas.tracing.agent.context.WeakIdentityMap;
import org.jspecify.annotations.Nullable;

/// The connections of Netty's HTTP/1.1 codec, as servers and as clients. Channels are held weakly.
/// Thread-safe.
final class NettyConnections {
  private final NettyTypes types = new NettyTypes();
  private final RequestSpans served;
  private final RequestSpans sent;
  private final WeakIdentityMap<NettyChannel> channels = new WeakIdentityMap<>();

  /// @param served spans of requests that arrive
  /// @param sent spans of requests to others
  NettyConnections(RequestSpans served, RequestSpans sent) {
    this.served = served;
    this.sent = sent;
  }

  /// A message that is handled.
  ///
  /// @param handling of a request that has arrived
  /// @param complete the channel whose request, or response, is complete with the message
  private record Reading(
      RequestSpans.@Nullable Handling handling, @Nullable NettyChannel complete) {}

  /// A handler passes a message on towards the application.
  ///
  /// @return what [#wasRead] takes, or null
  @Nullable Object read(Object context, Object message) {
    NettyTypes.Message type = types.message(message);
    if (!type.isHttp() || !types.isDecoder(context)) {
      return null;
    }
    Object channel = types.channel(context);
    if (channel == null) {
      return null;
    }
    if (type.isRequest()) {
      return requestArrives(type, message, channel);
    }
    NettyChannel known = channels.get(channel);
    if (known == null) {
      return null;
    }
    if (known.isClient()) {
      if (type.isResponse()) {
        known.response(types.status(type, message));
      }
      return type.isLast() ? new Reading(null, known) : null;
    }
    ServedRequest request = known.arriving();
    if (request == null) {
      return null;
    }
    return type.isLast()
        ? new Reading(served.enter(request), known)
        : new Reading(served.attach(request), null);
  }

  private Reading requestArrives(NettyTypes.Message type, Object message, Object channel) {
    ServedRequest request =
        served.begin(
            type.calls().text("HttpRequest.method", message),
            PathShape.of(PathShape.pathOf(type.calls().text("HttpRequest.uri", message))));
    NettyChannel known = channel(channel, false);
    known.request(request);
    return new Reading(served.enter(request), type.isLast() ? known : null);
  }

  /// The message has been handled.
  void wasRead(Object token) {
    Reading reading = (Reading) token;
    if (reading.handling() != null) {
      reading.handling().leave();
    }
    NettyChannel complete = reading.complete();
    if (complete == null) {
      return;
    }
    if (complete.isClient()) {
      complete.responseIsComplete();
    } else {
      complete.requestIsComplete();
    }
  }

  /// A message is encoded.
  ///
  /// @return what [#wasWritten] takes, or null
  @Nullable Object write(Object context, Object message) {
    NettyTypes.Message type = types.message(message);
    Object channel = type.isHttp() ? types.channel(context) : null;
    if (channel == null) {
      return null;
    }
    if (type.isRequest()) {
      String method = type.calls().text("HttpRequest.method", message);
      channel(channel, true).request(sent.beginSent(method, host(type, message)));
      return null;
    }
    NettyChannel known = channels.get(channel);
    if (known == null || known.isClient()) {
      return null;
    }
    if (type.isResponse()) {
      known.response(types.status(type, message));
    }
    return type.isLast() ? known : null;
  }

  private String host(NettyTypes.Message type, Object message) {
    String host = types.header(type, message, "host");
    int port = host.lastIndexOf(':');
    return port > host.lastIndexOf(']') ? host.substring(0, port) : host;
  }

  /// The last message of a response has been encoded.
  void wasWritten(Object token) {
    ((NettyChannel) token).responseIsComplete();
  }

  /// A connection has been closed.
  void closed(Object context) {
    Object channel = types.channel(context);
    NettyChannel known = channel == null ? null : channels.take(channel);
    if (known != null) {
      known.close("connection closed");
    }
  }

  /// Nothing more will be told of those that are open.
  void forget() {
    for (NettyChannel channel : channels.takeAll()) {
      channel.close("no longer recorded");
    }
  }

  /// One thread works for a channel, so nobody else makes its entry.
  private NettyChannel channel(Object channel, boolean isClient) {
    NettyChannel known = channels.get(channel);
    if (known == null) {
      known = new NettyChannel(isClient);
      channels.put(channel, known);
    }
    return known;
  }
}
