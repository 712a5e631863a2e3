package micromegas.query.duckdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Colours of the well-known scales for numbers, as `0xRRGGBB`. All arithmetic is in 32 bits, as in
/// the reference implementation, so that a query gives the same colours in both.
///
/// viridis, magma, plasma and inferno are the public tables of 256 colours, read as the control
/// points of a uniform cubic B-spline; cividis and turbo are their published polynomials.
final class ColorScales {
  private static final String NAMES = "viridis, magma, plasma, inferno, cividis, turbo";

  private final Map<String, byte[]> tables = new TreeMap<>();

  ColorScales() {
    try (InputStream in = ColorScales.class.getResourceAsStream("color-scales.txt")) {
      if (in == null) {
        throw new IllegalStateException("color-scales.txt is missing from the build");
      }
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      int linesPerTable = 17;
      for (int first = 0; first < lines.size(); first += linesPerTable) {
        String hex = String.join("", lines.subList(first + 1, first + linesPerTable));
        tables.put(lines.get(first), HexFormat.of().parseHex(hex));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @param name in any case
  /// @param position from 0 to 1, clamped
  /// @throws IllegalArgumentException for an unknown name, with those that are known
  int color(String name, double position) {
    float t = Math.clamp((float) position, 0f, 1f);
    String key = name.toLowerCase(Locale.ROOT);
    return switch (key) {
      case "cividis" -> cividis(t);
      case "turbo" -> turbo(t);
      default -> {
        byte[] table = tables.get(key);
        if (table == null) {
          throw new IllegalArgumentException(
              "color_scale(): unknown colormap '" + name + "'. Recognized: " + NAMES);
        }
        yield spline(table, t);
      }
    };
  }

  private static int spline(byte[] table, float t) {
    int segments = table.length / 3 - 1;
    int i = Math.min((int) (t * segments), segments - 1);
    float u = (t - i / (float) segments) * segments;
    int color = 0;
    for (int channel = 0; channel < 3; channel++) {
      float v1 = at(table, i, channel);
      float v2 = at(table, i + 1, channel);
      float v0 = i > 0 ? at(table, i - 1, channel) : 2 * v1 - v2;
      float v3 = i < segments - 1 ? at(table, i + 2, channel) : 2 * v2 - v1;
      color = color << 8 | toByte(basis(u, v0, v1, v2, v3));
    }
    return color;
  }

  private static float at(byte[] table, int color, int channel) {
    return table[3 * color + channel] & 0xFF;
  }

  private static float basis(float u, float v0, float v1, float v2, float v3) {
    float u2 = u * u;
    float u3 = u2 * u;
    return ((1 - 3 * u + 3 * u2 - u3) * v0
            + (4 - 6 * u2 + 3 * u3) * v1
            + (1 + 3 * u + 3 * u2 - 3 * u3) * v2
            + u3 * v3)
        / 6;
  }

  private static int cividis(float t) {
    float red =
        -4.54f - t * (35.34f - t * (2381.73f - t * (6402.7f - t * (7024.72f - t * 2710.57f))));
    float green =
        32.49f + t * (170.73f + t * (52.82f - t * (131.46f - t * (176.58f - t * 67.37f))));
    float blue =
        81.24f + t * (442.36f - t * (2482.43f - t * (6167.24f - t * (6614.94f - t * 2475.67f))));
    return toByte(red) << 16 | toByte(green) << 8 | toByte(blue);
  }

  private static int turbo(float t) {
    float red =
        34.61f
            + t * (1172.33f - t * (10793.56f - t * (33300.12f - t * (38394.49f - t * 14825.05f))));
    float green =
        23.31f + t * (557.33f + t * (1225.33f - t * (3574.96f - t * (1073.77f + t * 707.56f))));
    float blue =
        27.2f + t * (3211.1f - t * (15327.97f - t * (27814f - t * (22569.18f - t * 6838.66f))));
    return toByte(red) << 16 | toByte(green) << 8 | toByte(blue);
  }

  private static int toByte(float value) {
    return (int) Math.clamp(value, 0f, 255f);
  }
}
