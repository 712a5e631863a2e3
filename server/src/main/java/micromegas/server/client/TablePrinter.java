package micromegas.server.client;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;

/// A table that fits the terminal: the widest columns are cut with an ellipsis. Widths come from
/// the first rows, so that any number of rows can be printed in bounded memory. A value takes one
/// line, except for the plans of EXPLAIN, which are drawings.
public final class TablePrinter implements RowPrinter {
  private static final int SAMPLED_ROWS = 1_000;
  private static final int NARROWEST = 4;
  private static final int GAP = 2;

  private final PrintStream out;
  private final int terminalWidth;
  private final List<String[]> sample = new ArrayList<>();
  private List<Field> fields = List.of();
  private int[] widths = new int[0];
  private boolean sampling = true;

  /// @param terminalWidth columns of the terminal; 0 to cut nothing
  public TablePrinter(PrintStream out, int terminalWidth) {
    this.out = out;
    this.terminalWidth = terminalWidth;
  }

  @Override
  public void print(VectorSchemaRoot root) {
    fields = root.getSchema().getFields();
    for (int row = 0; row < root.getRowCount(); row++) {
      String[] cells = new String[fields.size()];
      for (int i = 0; i < cells.length; i++) {
        String text = Cells.text(root.getVector(i), row);
        cells[i] = isDrawing(fields.get(i)) ? text.stripTrailing() : oneLine(text);
      }
      if (sampling) {
        sample.add(cells);
        if (sample.size() == SAMPLED_ROWS) {
          endSampling();
        }
      } else {
        printRow(cells);
      }
    }
  }

  @Override
  public void finish() {
    if (sampling) {
      endSampling();
    }
    out.flush();
  }

  private void endSampling() {
    sampling = false;
    String[] names = fields.stream().map(Field::getName).toArray(String[]::new);
    widths = new int[names.length];
    for (int i = 0; i < names.length; i++) {
      widths[i] = Math.max(1, length(names[i]));
      for (String[] cells : sample) {
        widths[i] =
            Math.max(widths[i], cells[i].lines().mapToInt(TablePrinter::length).max().orElse(0));
      }
    }
    if (terminalWidth > 0) {
      fit(widths, terminalWidth - GAP * Math.max(0, names.length - 1));
    }
    printRow(names);
    String[] rules = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      rules[i] = "─".repeat(widths[i]);
    }
    printRow(rules);
    sample.forEach(this::printRow);
    sample.clear();
  }

  /// Lowers the widest columns evenly until the sum fits, none below [#NARROWEST].
  static void fit(int[] widths, int available) {
    int excess = Arrays.stream(widths).sum() - available;
    while (excess > 0) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        if (widths[i] > widths[widest]) {
          widest = i;
        }
      }
      if (widths.length == 0 || widths[widest] <= NARROWEST) {
        return;
      }
      widths[widest]--;
      excess--;
    }
  }

  private void printRow(String[] cells) {
    String[][] lines = new String[cells.length][];
    int height = 1;
    for (int i = 0; i < cells.length; i++) {
      lines[i] = cells[i].split("\n", -1);
      height = Math.max(height, lines[i].length);
    }
    for (int l = 0; l < height; l++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < cells.length; i++) {
        String cell = l < lines[i].length ? cut(lines[i][l], widths[i]) : "";
        String padding = " ".repeat(Math.max(0, widths[i] - length(cell)));
        if (i > 0) {
          line.append(" ".repeat(GAP));
        }
        line.append(Cells.isNumber(fields.get(i).getType()) ? padding + cell : cell + padding);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  /// Whether the lines of a column's values belong below each other: EXPLAIN calls it `plan`.
  private static boolean isDrawing(Field field) {
    return field.getName().equals("plan");
  }

  static String cut(String text, int width) {
    return length(text) <= width
        ? text
        : text.substring(0, text.offsetByCodePoints(0, Math.max(0, width - 1))) + "…";
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String oneLine(String text) {
    return text.replace('\n', ' ').replace('\r', ' ').replace('\t', ' ');
  }
}
