package micromegas.lake.metadata;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import micromegas.common.BadRequestException;

/// Where PostgreSQL is and who we are there.
///
/// Accepts `postgres://user:password@host:port/database?parameter=value`, as the reference does,
/// and `jdbc:postgresql:` URLs as they are. Its text form never shows the password.
///
/// @param jdbcUrl URL for the driver, without user and password
public record ConnectionString(String jdbcUrl, Optional<String> user, Optional<String> password) {
  /// Parameters of libpq whose names differ in the driver; all others keep their name.
  private static final Map<String, String> DRIVER_NAMES =
      Map.of(
          "application_name", "ApplicationName",
          "connect_timeout", "connectTimeout",
          "target_session_attrs", "targetServerType");

  /// @throws BadRequestException when the text has neither form
  public static ConnectionString parse(String text) {
    String trimmed = text.trim();
    if (trimmed.startsWith("jdbc:postgresql:")) {
      return fromJdbc(trimmed);
    }
    for (String scheme : new String[] {"postgres://", "postgresql://"}) {
      if (trimmed.toLowerCase(Locale.ROOT).startsWith(scheme)) {
        return fromUri(trimmed.substring(scheme.length()));
      }
    }
    throw new BadRequestException(
        "not a PostgreSQL connection string: expected postgres://user:password@host:port/database"
            + " or jdbc:postgresql://host:port/database?user=…");
  }

  private static ConnectionString fromJdbc(String url) {
    int question = url.indexOf('?');
    if (question < 0) {
      return new ConnectionString(url, Optional.empty(), Optional.empty());
    }
    Map<String, String> parameters = parameters(url.substring(question + 1));
    Optional<String> user = Optional.ofNullable(parameters.remove("user"));
    Optional<String> password = Optional.ofNullable(parameters.remove("password"));
    return new ConnectionString(
        url.substring(0, question) + query(parameters, Map.of()), user, password);
  }

  private static ConnectionString fromUri(String afterScheme) {
    int question = afterScheme.indexOf('?');
    String location = question < 0 ? afterScheme : afterScheme.substring(0, question);
    Map<String, String> parameters =
        parameters(question < 0 ? "" : afterScheme.substring(question + 1));

    Optional<String> user = Optional.ofNullable(parameters.remove("user"));
    Optional<String> password = Optional.ofNullable(parameters.remove("password"));
    int slash = location.indexOf('/', location.lastIndexOf('@') + 1);
    String authority = slash < 0 ? location : location.substring(0, slash);
    String database = slash < 0 ? "" : location.substring(slash + 1);
    int at = authority.lastIndexOf('@');
    if (at >= 0) {
      String credentials = authority.substring(0, at);
      int colon = credentials.indexOf(':');
      user = Optional.of(decode(colon < 0 ? credentials : credentials.substring(0, colon)));
      if (colon >= 0) {
        password = Optional.of(decode(credentials.substring(colon + 1)));
      }
    }
    String hosts = authority.substring(at + 1);
    if (hosts.isEmpty()) {
      hosts = Optional.ofNullable(parameters.remove("host")).orElse("localhost");
    }
    if (hosts.startsWith("/") || hosts.startsWith("%2F") || hosts.startsWith("%2f")) {
      throw new BadRequestException(
          "the PostgreSQL connection string names a Unix socket; use host and port");
    }
    if (database.isEmpty()) {
      database = Optional.ofNullable(parameters.remove("dbname")).orElse(user.orElse("postgres"));
    }
    String url =
        "jdbc:postgresql://"
            + hosts
            + "/"
            + encode(decode(database))
            + query(parameters, DRIVER_NAMES);
    return new ConnectionString(url, user, password);
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        parameters.put(
            decode(equals < 0 ? pair : pair.substring(0, equals)),
            equals < 0 ? "" : decode(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String query(Map<String, String> parameters, Map<String, String> names) {
    // A cache size of another driver; ours manages its prepared statements itself.
    parameters.remove("statement-cache-capacity");
    if (parameters.isEmpty()) {
      return "";
    }
    StringJoiner query = new StringJoiner("&", "?", "");
    parameters.forEach(
        (name, value) -> query.add(names.getOrDefault(name, name) + "=" + encode(value)));
    return query.toString();
  }

  private static String decode(String text) {
    try {
      // A plus sign stands for itself outside of HTML forms.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadRequestException(
          "the PostgreSQL connection string has a broken percent escape", e);
    }
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return jdbcUrl + user.map(name -> " as " + name).orElse("");
  }
}
