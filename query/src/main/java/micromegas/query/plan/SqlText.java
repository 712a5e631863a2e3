package micromegas.query.plan;

import java.util.Locale;
import micromegas.common.BadRequestException;

/// The pass over the characters of a statement, before the parser: spellings that the reference
/// accepts and the engine does not.
///
/// - unquoted names are folded to lower case;
/// - `end` outside CASE is a column and gets quotes, so do `table` and `index` as aliases;
/// - `INT UNSIGNED` becomes `UINTEGER`.
///
/// Text in quotes, comments and dollar quotes is left alone. Nothing here is a safety check: the
/// parsed tree is what gets checked.
final class SqlText {
  private final String source;
  private final StringBuilder out;
  private int at;
  private int openCases;
  private String previousWord = "";
  private int previousWordStart;

  private SqlText(String source) {
    this.source = source;
    this.out = new StringBuilder(source.length() + 16);
  }

  static String normalize(String sql) {
    if (sql.indexOf('\0') >= 0) {
      throw new BadRequestException("SQL text contains a NUL character");
    }
    return new SqlText(sql).run();
  }

  private String run() {
    int length = source.length();
    while (at < length) {
      char c = source.charAt(at);
      if (c == '\'' || c == '"') {
        copyTo(endOfQuoted(c));
        previousWord = "";
      } else if (source.startsWith("--", at)) {
        int end = source.indexOf('\n', at);
        copyTo(end < 0 ? length : end);
      } else if (source.startsWith("/*", at)) {
        copyTo(endOfComment());
      } else if (c == '$' && dollarQuoteEnd() > at) {
        copyTo(dollarQuoteEnd());
      } else if (Character.isLetter(c) || c == '_') {
        word();
      } else {
        if (c == '=' && source.startsWith("==", at)) {
          at++;
        }
        if (!Character.isWhitespace(c)) {
          previousWord = "";
        }
        out.append(c);
        at++;
      }
    }
    return out.toString();
  }

  private void copyTo(int end) {
    out.append(source, at, end);
    at = end;
  }

  private int endOfQuoted(char quote) {
    for (int i = at + 1; i < source.length(); i++) {
      if (source.charAt(i) == quote) {
        if (i + 1 < source.length() && source.charAt(i + 1) == quote) {
          i++;
        } else {
          return i + 1;
        }
      }
    }
    return source.length();
  }

  private int endOfComment() {
    int depth = 0;
    for (int i = at; i < source.length(); i++) {
      if (source.startsWith("/*", i)) {
        depth++;
        i++;
      } else if (source.startsWith("*/", i)) {
        i++;
        if (--depth == 0) {
          return i + 1;
        }
      }
    }
    return source.length();
  }

  private int dollarQuoteEnd() {
    int tagEnd = at + 1;
    while (tagEnd < source.length() && Character.isLetter(source.charAt(tagEnd))) {
      tagEnd++;
    }
    if (tagEnd >= source.length() || source.charAt(tagEnd) != '$') {
      return -1;
    }
    String tag = source.substring(at, tagEnd + 1);
    int end = source.indexOf(tag, tagEnd + 1);
    return end < 0 ? source.length() : end + tag.length();
  }

  private void word() {
    int end = at;
    while (end < source.length() && isWordPart(source.charAt(end))) {
      end++;
    }
    String word = source.substring(at, end).toLowerCase(Locale.ROOT);
    boolean qualified = at > 0 && source.charAt(at - 1) == '.';
    boolean afterAs = previousWord.equals("as");
    int start = out.length();
    if (word.equals("case") && !qualified) {
      openCases++;
      out.append(word);
    } else if (word.equals("end")) {
      boolean closesCase = openCases > 0 && !qualified && !afterAs;
      if (closesCase) {
        openCases--;
      }
      out.append(closesCase ? "end" : "\"end\"");
    } else if (word.equals("unsigned") && isInteger(previousWord)) {
      out.setLength(previousWordStart);
      out.append(previousWord.equals("int") ? "uinteger" : "u" + previousWord);
    } else if (afterAs && (word.equals("table") || word.equals("index"))) {
      out.append('"').append(word).append('"');
    } else {
      out.append(word);
    }
    previousWord = word;
    previousWordStart = start;
    at = end;
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_';
  }

  private static boolean isInteger(String word) {
    return switch (word) {
      case "int", "integer", "bigint", "smallint", "tinyint" -> true;
      default -> false;
    };
  }
}
