package micromegas.query.duckdb;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import micromegas.common.CalendarNanos;
import micromegas.query.duckdb.KernelFunction.Kernel;

/// Arithmetic and calendar functions of `TIMESTAMPTZ_NS`, which the engine can store and compare
/// but not compute with. They are overloads: calls on other types keep their meaning.
final class TimeFunctions {
  static final String TIME = "TIMESTAMPTZ_NS";
  private static final String INTERVAL = "INTERVAL";
  private static final String TEXT = "VARCHAR";
  private static final String LONG = "BIGINT";

  private TimeFunctions() {}

  static List<KernelFunction> all() {
    List<KernelFunction> all = new ArrayList<>();
    all.add(fallible("-", List.of(TIME, TIME), LONG, TimeFunctions::difference));
    all.add(fallible("+", List.of(TIME, INTERVAL), TIME, vectors -> shift(vectors, 0, 1, 1)));
    all.add(fallible("+", List.of(INTERVAL, TIME), TIME, vectors -> shift(vectors, 1, 0, 1)));
    all.add(fallible("-", List.of(TIME, INTERVAL), TIME, vectors -> shift(vectors, 0, 1, -1)));
    all.add(fallible("date_trunc", List.of(TEXT, TIME), TIME, TimeFunctions::truncate));
    for (String name : List.of("date_bin", "time_bucket")) {
      all.add(fallible(name, List.of(INTERVAL, TIME), TIME, vectors -> bin(vectors, false)));
      all.add(fallible(name, List.of(INTERVAL, TIME, TIME), TIME, vectors -> bin(vectors, true)));
    }
    // date_part must return BIGINT like the single-field functions: the optimizer replaces one by
    // the other and takes a difference of types for a fatal error.
    for (String name : List.of("date_part", "datepart")) {
      all.add(fallible(name, List.of(TEXT, TIME), LONG, TimeFunctions::part));
    }
    String[][] fields = {
      {"year", "year"},
      {"quarter", "quarter"},
      {"month", "month"},
      {"week", "week"},
      {"day", "day"},
      {"dayofmonth", "day"},
      {"dayofweek", "dow"},
      {"isodow", "isodow"},
      {"dayofyear", "doy"},
      {"hour", "hour"},
      {"minute", "minute"},
      {"second", "second"},
      {"millisecond", "millisecond"},
      {"microsecond", "microsecond"},
      {"nanosecond", "nanosecond"}
    };
    for (String[] field : fields) {
      all.add(fallible(field[0], List.of(TIME), LONG, vectors -> field(vectors, field[1])));
    }
    all.add(
        KernelFunction.infallible(
            "epoch",
            List.of(TIME),
            "DOUBLE",
            vectors -> {
              for (long row = 0; row < vectors.rows; row++) {
                if (vectors.present(row)) {
                  vectors.setDouble(row, vectors.getLong(0, row) / 1e9);
                }
              }
            }));
    all.add(fromLong("to_timestamp", CalendarNanos.SECOND));
    all.add(fromLong("to_timestamp_seconds", CalendarNanos.SECOND));
    all.add(fromLong("to_timestamp_millis", 1_000_000));
    all.add(fromLong("to_timestamp_micros", 1_000));
    all.add(fromLong("to_timestamp_nanos", 1));
    all.add(scaled("epoch_ms", 1_000_000));
    all.add(scaled("epoch_us", 1_000));
    all.add(scaled("epoch_ns", 1));
    return all;
  }

  private static KernelFunction fallible(
      String name, List<String> parameters, String returns, Kernel kernel) {
    return KernelFunction.fallible(name, parameters, returns, kernel);
  }

  private static KernelFunction scaled(String name, long divisor) {
    return KernelFunction.infallible(
        name,
        List.of(TIME),
        LONG,
        vectors -> {
          for (long row = 0; row < vectors.rows; row++) {
            if (vectors.present(row)) {
              vectors.setLong(row, Math.floorDiv(vectors.getLong(0, row), divisor));
            }
          }
        });
  }

  private static KernelFunction fromLong(String name, long unit) {
    return fallible(
        name,
        List.of(LONG),
        TIME,
        vectors -> {
          for (long row = 0; row < vectors.rows; row++) {
            if (vectors.present(row)) {
              vectors.setLong(row, Math.multiplyExact(vectors.getLong(0, row), unit));
            }
          }
        });
  }

  private static void difference(Vectors vectors) {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        vectors.setLong(row, vectors.getLong(0, row) - vectors.getLong(1, row));
      }
    }
  }

  private static void shift(Vectors vectors, int time, int interval, int sign) {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        vectors.setLong(
            row,
            CalendarNanos.plus(
                vectors.getLong(time, row),
                sign * vectors.intervalMonths(interval, row),
                sign * vectors.intervalNanos(interval, row)));
      }
    }
  }

  private static void truncate(Vectors vectors) {
    String unit = "";
    long width = 0;
    long unitRow = -1;
    for (long row = 0; row < vectors.rows; row++) {
      if (!vectors.present(row)) {
        continue;
      }
      if (unitRow < 0 || !vectors.sameText(0, row, unitRow)) {
        unitRow = row;
        unit = vectors.getText(0, row).toLowerCase(Locale.ROOT);
        width = CalendarNanos.fixedUnit(unit);
      }
      long time = vectors.getLong(1, row);
      vectors.setLong(
          row, width > 0 ? time - Math.floorMod(time, width) : CalendarNanos.truncate(unit, time));
    }
  }

  private static void part(Vectors vectors) {
    String field = "";
    long fieldRow = -1;
    for (long row = 0; row < vectors.rows; row++) {
      if (!vectors.present(row)) {
        continue;
      }
      if (fieldRow < 0 || !vectors.sameText(0, row, fieldRow)) {
        fieldRow = row;
        field = vectors.getText(0, row).toLowerCase(Locale.ROOT);
      }
      vectors.setLong(row, CalendarNanos.part(field, vectors.getLong(1, row)));
    }
  }

  private static void field(Vectors vectors, String field) {
    for (long row = 0; row < vectors.rows; row++) {
      if (vectors.present(row)) {
        vectors.setLong(row, CalendarNanos.part(field, vectors.getLong(0, row)));
      }
    }
  }

  private static void bin(Vectors vectors, boolean withOrigin) {
    for (long row = 0; row < vectors.rows; row++) {
      if (!vectors.present(row)) {
        continue;
      }
      int months = vectors.intervalMonths(0, row);
      long width = vectors.intervalNanos(0, row);
      long time = vectors.getLong(1, row);
      long origin = withOrigin ? vectors.getLong(2, row) : 0;
      if (months == 0 && width == 0) {
        throw new IllegalArgumentException("DATE_BIN stride must be non-zero");
      }
      if (months < 0 || width < 0 || (months > 0 && width > 0)) {
        throw new IllegalArgumentException(
            "DATE_BIN stride must be positive, and either whole months or a fixed length");
      }
      vectors.setLong(
          row,
          months > 0
              ? CalendarNanos.binMonths(time, months, origin)
              : CalendarNanos.bin(time, width, origin));
    }
  }
}
