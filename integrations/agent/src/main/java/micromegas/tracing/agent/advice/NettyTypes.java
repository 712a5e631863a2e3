package micromegas.tracing.agent.advice;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What classes of Netty's HTTP codec are, by the names of their supertypes: the classes live in
/// loaders that the agent does not see, and applications that bundle Netty put a prefix in front of
/// its packages. Thread-safe.
final class NettyTypes {
  private static final String HTTP = "io.netty.handler.codec.http.";

  /// A message, and how it is asked.
  ///
  /// @param isLast whether nothing follows of the request or response
  record Message(
      boolean isRequest,
      boolean isResponse,
      boolean isContent,
      boolean isLast,
      ForeignCalls calls) {
    boolean isHttp() {
      return isRequest || isResponse || isContent;
    }
  }

  /// A handler context or a channel.
  private final ClassValue<ForeignCalls> calls =
      new ClassValue<>() {
        @Override
        protected ForeignCalls computeValue(Class<?> type) {
          return callsOf(type);
        }
      };

  private final ClassValue<Message> messages =
      new ClassValue<>() {
        @Override
        protected Message computeValue(Class<?> type) {
          Set<String> names = new TreeSet<>();
          collect(type, names);
          return new Message(
              names.contains("HttpRequest"),
              names.contains("HttpResponse"),
              names.contains("HttpContent"),
              names.contains("LastHttpContent"),
              callsOf(type));
        }
      };

  private final ClassValue<Boolean> decoders =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          Set<String> names = new TreeSet<>();
          collect(type, names);
          return names.contains("HttpObjectDecoder")
              || names.contains("HttpServerCodec")
              || names.contains("HttpClientCodec");
        }
      };

  Message message(Object message) {
    return messages.get(message.getClass());
  }

  /// The channel of a handler context.
  @Nullable Object channel(Object context) {
    return calls.get(context.getClass()).call("ChannelHandlerContext.channel", context);
  }

  /// Whether messages that a handler context passes on come out of the decoder of HTTP.
  boolean isDecoder(Object context) {
    Object handler = calls.get(context.getClass()).call("ChannelHandlerContext.handler", context);
    return handler != null && decoders.get(handler.getClass());
  }

  /// Status of a response, 0 when it does not say.
  int status(Message type, Object response) {
    Object status = type.calls().call("HttpResponse.status", response);
    return status != null
            && calls.get(status.getClass()).call("HttpResponseStatus.code", status)
                instanceof Integer code
        ? code
        : 0;
  }

  /// A header of a message, empty when there is none.
  String header(Message type, Object message, String name) {
    Object headers = type.calls().call("HttpMessage.headers", message);
    Object value =
        headers == null
            ? null
            : calls.get(headers.getClass()).call("HttpHeaders.get", headers, name);
    return value == null ? "" : value.toString();
  }

  /// Collects the simple names of the types of Netty's HTTP that a class is.
  private static void collect(@Nullable Class<?> type, Set<String> names) {
    if (type == null) {
      return;
    }
    int at = type.getName().indexOf(HTTP);
    if (at >= 0) {
      names.add(type.getName().substring(at + HTTP.length()));
    }
    for (Class<?> parent : type.getInterfaces()) {
      collect(parent, names);
    }
    collect(type.getSuperclass(), names);
  }

  private static ForeignCalls callsOf(Class<?> type) {
    ForeignCalls found = new ForeignCalls();
    collect(type, found);
    return found;
  }

  private static void collect(@Nullable Class<?> type, ForeignCalls to) {
    if (type == null) {
      return;
    }
    switch (type.getSimpleName()) {
      case "ChannelHandlerContext" -> {
        to.find(type, "channel", 0);
        to.find(type, "handler", 0);
      }
      case "HttpRequest" -> {
        to.find(type, "method", 0);
        to.find(type, "uri", 0);
      }
      case "HttpResponse" -> to.find(type, "status", 0);
      case "HttpMessage" -> to.find(type, "headers", 0);
      case "HttpResponseStatus" -> to.find(type, "code", 0);
      case "HttpHeaders" -> findGet(type, to);
      default -> {}
    }
    for (Class<?> parent : type.getInterfaces()) {
      collect(parent, to);
    }
    collect(type.getSuperclass(), to);
  }

  /// Of the methods `get`, the one that takes a string.
  private static void findGet(Class<?> type, ForeignCalls to) {
    try {
      to.add("HttpHeaders.get", type.getMethod("get", String.class));
    } catch (NoSuchMethodException e) {
      return; // headers are not asked
    }
  }
}
