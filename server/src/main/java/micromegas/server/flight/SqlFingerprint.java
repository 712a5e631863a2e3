package micromegas.server.flight;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The shape of a statement: `sql_hash` of the audit record. Literals become `?`, unquoted words
/// lower case, comments and white space go.
final class SqlFingerprint {
  private static final Pattern TOKEN =
      Pattern.compile(
          """
          (?<skip>\\s+|--[^\\n]*|/\\*.*?\\*/)\
          |(?<literal>'(?:[^']|'')*'|\\d+(?:\\.\\d*)?(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?)\
          |(?<quoted>"(?:[^"]|"")*")\
          |(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)\
          |(?<operator><=|>=|<>|!=|==|\\|\\||::|->>|->|[^\\s'"])\
          """,
          Pattern.DOTALL);
  private static final int DIGITS = 16;

  private SqlFingerprint() {}

  /// First 16 hex digits of the SHA-256 of the normalised text.
  static String of(String sql) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(normalise(sql).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  static String normalise(String sql) {
    StringBuilder out = new StringBuilder(sql.length());
    Matcher matcher = TOKEN.matcher(sql);
    int at = 0;
    while (matcher.find() && matcher.start() == at) {
      at = matcher.end();
      if (matcher.group("skip") != null) {
        continue;
      }
      if (!out.isEmpty()) {
        out.append(' ');
      }
      if (matcher.group("literal") != null) {
        out.append('?');
      } else if (matcher.group("word") != null) {
        out.append(matcher.group().toLowerCase(Locale.ROOT));
      } else {
        out.append(matcher.group());
      }
    }
    return at == sql.length() ? out.toString() : sql.strip().replaceAll("\\s+", " ");
  }
}
