package micromegas.tracing.agent.weave;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Looks for texts among the constants of class files, without reading anything else: most classes
/// have none of them, and are seen once per load. One pass finds all texts. Immutable.
public final class Utf8Constants {
  private static final int POOL = 8;
  private static final int LONGEST = 256;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final @Nullable Text[] @Nullable [] byLength = new Text[LONGEST][];

  /// A text that is looked for.
  private record Text(int number, byte[] bytes) {}

  /// @param texts ASCII, 1 to 255 characters; others are never found
  public Utf8Constants(Collection<String> texts) {
    for (String text : texts) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 0 && bytes.length < LONGEST && !numbers.containsKey(text)) {
        Text added = new Text(numbers.size(), bytes);
        numbers.put(text, added.number());
        Text[] same = byLength[bytes.length];
        same = same == null ? new Text[1] : Arrays.copyOf(same, same.length + 1);
        same[same.length - 1] = added;
        byLength[bytes.length] = same;
      }
    }
  }

  /// Number of a text, -1 for one that is not looked for.
  int number(String text) {
    return numbers.getOrDefault(text, -1);
  }

  /// Looks through a class file.
  public ClassConstants read(byte[] file) {
    int[] places = new int[numbers.size()];
    int count = u2(file, POOL);
    int at = POOL + 2;
    for (int i = 1; i < count; i++) {
      int tag = file[at];
      switch (tag) {
        case 1 -> {
          int length = u2(file, at + 1);
          find(file, at + 3, length, i, places);
          at += 3 + length;
        }
        case 3, 4, 9, 10, 11, 12, 17, 18 -> at += 5;
        case 5, 6 -> {
          at += 9;
          i++;
        }
        case 7, 8, 16, 19, 20 -> at += 3;
        case 15 -> at += 4;
        default -> throw new IllegalArgumentException("constant of an unknown kind " + tag);
      }
    }
    return new ClassConstants(this, places, file, at);
  }

  private void find(byte[] file, int from, int length, int index, int[] places) {
    Text[] same = length < LONGEST ? byLength[length] : null;
    if (same != null) {
      for (Text text : same) {
        // Mostly the last byte decides; this runs before anything is compiled.
        if (file[from + length - 1] == text.bytes()[length - 1]
            && Arrays.equals(text.bytes(), 0, length, file, from, from + length)) {
          places[text.number()] = index;
        }
      }
    }
  }

  static int u2(byte[] file, int at) {
    return (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
  }
}
