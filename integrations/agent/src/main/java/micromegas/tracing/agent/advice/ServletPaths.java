package micromegas.tracing.agent.advice;

/// Names of paths that servlets are asked for. What a programmer has written is taken as it is: the
/// path of the application, and that of the mapping which has chosen the servlet; the rest is
/// without ids. Stateless.
final class ServletPaths {
  private ServletPaths() {}

  static String of(ForeignCalls servlet, Object request) {
    String context = servlet.text("HttpServletRequest.getContextPath", request);
    Object mapping = servlet.call("HttpServletRequest.getHttpServletMapping", request);
    String pattern = servlet.text("HttpServletMapping.getPattern", mapping);
    return switch (servlet.text("HttpServletMapping.getMappingMatch", mapping)) {
      case "EXACT" -> context + pattern;
      case "PATH" ->
          pattern.endsWith("/*")
              ? below(
                  context + pattern.substring(0, pattern.length() - 2),
                  servlet.text("HttpServletRequest.getPathInfo", request))
              : plain(servlet, request, context);
      default -> plain(servlet, request, context);
    };
  }

  private static String plain(ForeignCalls servlet, Object request, String context) {
    String path = servlet.text("HttpServletRequest.getRequestURI", request);
    return path.startsWith(context)
        ? below(context, path.substring(context.length()))
        : PathShape.of(path);
  }

  /// @param prefix empty, or begins with `/`
  private static String below(String prefix, String rest) {
    String shape = PathShape.of(rest);
    return prefix.isEmpty() || !shape.equals("/") ? prefix + shape : prefix;
  }
}
