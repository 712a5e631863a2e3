package micromegas.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PrintersTest {
  /// `{"a":"x"}`: an object of one member.
  private static final byte[] DOCUMENT =
      HexFormat.of().parseHex("40000001" + "10000001" + "10000001" + "61" + "78");

  private final RootAllocator allocator = new RootAllocator();

  @AfterEach
  void allocatorIsEmpty() {
    allocator.close();
  }

  @Test
  void documentsArePrintedAsJsonAndOtherBytesInHexadecimal() {
    assertThat(print(CsvPrinter::new, "properties", 7, "t", DOCUMENT, new byte[] {1, 2}))
        .isEqualTo(
            """
            n,text,properties
            7,t,"{""a"":""x""}"
            7,t,0102
            7,t,
            """);
    assertThat(print(JsonPrinter::new, "properties", 7, "t", DOCUMENT, new byte[] {1, 2}))
        .isEqualTo(
            """
            [
            {"n":7,"text":"t","properties":{"a":"x"}},
            {"n":7,"text":"t","properties":"0102"},
            {"n":7,"text":"t","properties":null}
            ]
            """);
  }

  @Test
  void aDocumentWithBytesLeftOverIsNone() {
    byte[] longer = java.util.Arrays.copyOf(DOCUMENT, DOCUMENT.length + 1);
    assertThat(print(CsvPrinter::new, "p", 1, "", longer, new byte[0]))
        .contains(HexFormat.of().formatHex(longer));
  }

  @Test
  void aTableFitsTheTerminalAndAValueTakesOneLine() {
    String table =
        print(
            out -> new TablePrinter(out, 20),
            "b",
            12,
            "one\ntwo three four five",
            DOCUMENT,
            DOCUMENT);
    assertThat(table.lines().toList())
        .hasSize(5)
        .allMatch(line -> line.codePointCount(0, line.length()) <= 20);
    assertThat(table).contains("12  one tw…  {\"a\":\"…");
  }

  @Test
  void theDrawingOfAPlanKeepsItsLines() {
    try (VarCharVector type = new VarCharVector("plan_type", allocator);
        VarCharVector plan = new VarCharVector("plan", allocator)) {
      type.setSafe(0, "physical_plan".getBytes(StandardCharsets.UTF_8));
      plan.setSafe(0, "╭──╮\n│ a│\n╰──╯\n".getBytes(StandardCharsets.UTF_8));
      type.setValueCount(1);
      plan.setValueCount(1);
      try (VectorSchemaRoot root = new VectorSchemaRoot(List.of(type, plan))) {
        assertThat(printed(out -> new TablePrinter(out, 0), root))
            .isEqualTo(
                """
                plan_type      plan
                ─────────────  ────
                physical_plan  ╭──╮
                               │ a│
                               ╰──╯
                """);
      }
    }
  }

  /// Three rows of a number, a text and bytes; the last bytes are null.
  private String print(
      Function<PrintStream, RowPrinter> printer,
      String binaryName,
      long number,
      String text,
      byte[] first,
      byte[] second) {
    try (BigIntVector numbers = new BigIntVector("n", allocator);
        VarCharVector texts = new VarCharVector("text", allocator);
        VarBinaryVector binaries = new VarBinaryVector(binaryName, allocator)) {
      for (int row = 0; row < 3; row++) {
        numbers.setSafe(row, number);
        texts.setSafe(row, text.getBytes(StandardCharsets.UTF_8));
      }
      binaries.setSafe(0, first);
      binaries.setSafe(1, second);
      numbers.setValueCount(3);
      texts.setValueCount(3);
      binaries.setValueCount(3);
      try (VectorSchemaRoot root = new VectorSchemaRoot(List.of(numbers, texts, binaries))) {
        return printed(printer, root);
      }
    }
  }

  private static String printed(Function<PrintStream, RowPrinter> printer, VectorSchemaRoot root) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    RowPrinter rows = printer.apply(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    rows.print(root);
    rows.finish();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
