package micromegas.query.duckdb;

import java.util.List;

/// Colours as numbers `0xRRGGBBAA`. NULL in any argument gives NULL.
final class ColorFunctions {
  private static final String NUMBER = "DOUBLE";
  private static final String COLOR = "UINTEGER";

  private ColorFunctions() {}

  static List<KernelFunction> all() {
    ColorScales scales = new ColorScales();
    return List.of(
        KernelFunction.infallible(
            "rgba", List.of(NUMBER, NUMBER, NUMBER, NUMBER), COLOR, ColorFunctions::rgba),
        KernelFunction.infallible(
            "lerp_color", List.of(COLOR, COLOR, NUMBER), COLOR, ColorFunctions::mix),
        KernelFunction.fallible(
            "color_scale",
            List.of("VARCHAR", NUMBER, NUMBER),
            COLOR,
            vectors -> scale(vectors, scales)));
  }

  private static void rgba(Vectors vectors) {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        int color = 0;
        for (int component = 0; component < 4; component++) {
          color = color << 8 | toByte(vectors.getDouble(component, row));
        }
        vectors.setInt(row, color);
      }
    }
  }

  private static int toByte(double component) {
    // NaN converts to 0.
    return (int) Math.floor(Math.min(255, Math.max(0, component * 255 + 0.5)));
  }

  private static void mix(Vectors vectors) {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        int from = vectors.getInt(0, row);
        int to = vectors.getInt(1, row);
        double t = Math.min(1, Math.max(0, vectors.getDouble(2, row)));
        int color = 0;
        for (int shift = 24; shift >= 0; shift -= 8) {
          int a = from >>> shift & 0xFF;
          int b = to >>> shift & 0xFF;
          color |= ((int) Math.floor(a + (b - a) * t + 0.5) & 0xFF) << shift;
        }
        vectors.setInt(row, color);
      }
    }
  }

  private static void scale(Vectors vectors, ColorScales scales) {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        int color = scales.color(vectors.getText(0, row), vectors.getDouble(1, row));
        vectors.setInt(row, color << 8 | toByte(vectors.getDouble(2, row)));
      }
    }
  }
}
