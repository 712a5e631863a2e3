package micromegas.transit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A text that many events share (a target, a format, a metric name), encoded once. Sent at most
/// once per block. Immutable; equal when the texts are equal.
public final class StaticText extends Dependency {
  private final byte[] utf8;
  private final int hash;

  private StaticText(byte[] utf8) {
    this.utf8 = utf8;
    this.hash = Arrays.hashCode(utf8);
  }

  public static StaticText of(String text) {
    return new StaticText(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Not to be changed.
  byte[] utf8() {
    return utf8;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StaticText text && Arrays.equals(utf8, text.utf8);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  @Override
  void write(long id, DependencyWriter out) {
    out.text(id, this);
  }
}
