package micromegas.benchmarks;

import java.util.ArrayList;
import java.util.List;

/// A Markdown table whose columns are aligned: the first to the left, the others to the right.
public final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  public Table(String... head) {
    rows.add(List.of(head));
  }

  public void row(String... cells) {
    rows.add(List.of(cells));
  }

  public void print() {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    System.out.println();
    for (int i = 0; i < rows.size(); i++) {
      System.out.println(line(rows.get(i), widths));
      if (i == 0) {
        System.out.println(rule(widths));
      }
    }
    System.out.println();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      String padding = " ".repeat(widths[column] - cell.length());
      line.append(' ').append(column == 0 ? cell + padding : padding + cell).append(" |");
    }
    return line.toString();
  }

  private static String rule(int[] widths) {
    StringBuilder line = new StringBuilder("|");
    for (int column = 0; column < widths.length; column++) {
      line.append(column == 0 ? ":" : "-")
          .append("-".repeat(widths[column]))
          .append(column == 0 ? "-|" : ":|");
    }
    return line.toString();
  }
}
