package micromegas.tracing;

import java.util.ArrayList;
import java.util.List;

/// A pattern with `{}`, split into the pieces around them. A backslash before it takes its meaning
/// away. Immutable.
final class Template {
  private final String source;
  private final String[] pieces;

  private Template(String source, String[] pieces) {
    this.source = source;
    this.pieces = pieces;
  }

  static Template of(String source) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    int from = 0;
    for (int at = source.indexOf("{}"); at >= 0; at = source.indexOf("{}", from)) {
      if (at > from && source.charAt(at - 1) == '\\') {
        piece.append(source, from, at - 1).append("{}");
      } else {
        pieces.add(piece.append(source, from, at).toString());
        piece.setLength(0);
      }
      from = at + 2;
    }
    pieces.add(piece.append(source, from, source.length()).toString());
    return new Template(source, pieces.toArray(String[]::new));
  }

  String source() {
    return source;
  }

  /// Number of arguments that have a place.
  int places() {
    return pieces.length - 1;
  }

  /// The text before place `index`; the last piece stands behind all places.
  String piece(int index) {
    return pieces[index];
  }
}
