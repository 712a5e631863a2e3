package micromegas.tracing.agent.weave;

/// Which of the texts that are looked for a class file has among its constants, and which methods
/// it declares. Immutable.
public final class ClassConstants {
  private static final int STATIC_OR_ABSTRACT = 0x0408;
  private static final int HEAD = 6; // access flags, this class, super class

  private final Utf8Constants texts;
  private final int[] places;
  private final byte[] file;
  private final int end;

  /// @param places index of the constant by number of the text, 0 for none
  /// @param end where the constants end
  ClassConstants(Utf8Constants texts, int[] places, byte[] file, int end) {
    this.texts = texts;
    this.places = places;
    this.file = file;
    this.end = end;
  }

  /// Whether one of the constants is that text.
  public boolean has(String text) {
    return place(text) != 0;
  }

  private int place(String text) {
    int number = texts.number(text);
    return number < 0 ? 0 : places[number];
  }

  /// Whether the class has an instance method with a body, of that name and descriptor. Reads on
  /// from the constants, only when both texts are there.
  public boolean declares(String name, String descriptor) {
    int wantedName = place(name);
    int wantedDescriptor = place(descriptor);
    if (wantedName == 0 || wantedDescriptor == 0) {
      return false;
    }
    int at = end + HEAD;
    at += 2 + 2 * Utf8Constants.u2(file, at); // interfaces
    int fields = Utf8Constants.u2(file, at);
    at += 2;
    for (int i = 0; i < fields; i++) {
      at = skipMember(at);
    }
    int methods = Utf8Constants.u2(file, at);
    at += 2;
    for (int i = 0; i < methods; i++) {
      if (Utf8Constants.u2(file, at + 2) == wantedName
          && Utf8Constants.u2(file, at + 4) == wantedDescriptor
          && (Utf8Constants.u2(file, at) & STATIC_OR_ABSTRACT) == 0) {
        return true;
      }
      at = skipMember(at);
    }
    return false;
  }

  private int skipMember(int member) {
    int attributes = Utf8Constants.u2(file, member + 6);
    int at = member + 8;
    for (int i = 0; i < attributes; i++) {
      at += 6 + (Utf8Constants.u2(file, at + 2) << 16 | Utf8Constants.u2(file, at + 4));
    }
    return at;
  }
}
