package micromegas.lake.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import micromegas.common.BadRequestException;
import micromegas.transit.BlockInfo;
import micromegas.transit.BlockPayload;
import micromegas.transit.CborWriter;
import micromegas.transit.ProcessInfo;
import micromegas.transit.StreamInfo;
import micromegas.transit.UserDefinedType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeReaderTest {
  private static final UUID ID = UUID.fromString("11111111-2222-4333-8444-555555555abc");
  private final EnvelopeReader reader = new EnvelopeReader();

  @Test
  void readsWhatTheRustClientSent() {
    ProcessInfo process = reader.readProcess(Vectors.load(Vectors.PROCESS));
    assertThat(process.processId())
        .isEqualTo(UUID.fromString("30914115-c384-44af-b27a-a65b6c8bffdd"));
    assertThat(process.tscFrequency()).isZero();

    List<StreamInfo> streams =
        Vectors.STREAMS.stream().map(name -> reader.readStream(Vectors.load(name))).toList();
    assertThat(streams).extracting(StreamInfo::processId).containsOnly(process.processId());
    assertThat(streams.stream().flatMap(s -> s.tags().stream()))
        .containsExactly("log", "metrics", "image");
    assertThat(streams.get(0).objectsMetadata())
        .extracting(UserDefinedType::name)
        .contains("LogStaticStrEvent", "LogStringEventV2", "StaticStringRef");

    for (String name : Vectors.BLOCKS) {
      BlockEnvelope block = reader.readBlock(Vectors.load(name));
      assertThat(block.info().processId()).isEqualTo(process.processId());
      assertThat(block.info().nbObjects()).isPositive();
      assertThat(block.payload().objects()).startsWith(0x04, 0x22, 0x4d, 0x18);
    }
  }

  @Test
  void writerAndReaderAgree() {
    ProcessInfo process =
        new ProcessInfo(
            ID,
            "exe",
            "user",
            "Änne",
            "vm",
            "",
            "cpu",
            -1,
            Instant.parse("2026-11-23T19:20:01.331632786Z"),
            Long.MIN_VALUE,
            Optional.of(ID),
            Map.of("k", "v", "", "x".repeat(70_000)));
    assertThat(reader.readProcess(CborWriter.process(process))).isEqualTo(process);

    StreamInfo stream =
        new StreamInfo(
            ID,
            ID,
            List.of(),
            List.of(
                new UserDefinedType(
                    "T", 24, List.of(new UserDefinedType.Member("m", "u64", 16, 8, true)), false)),
            List.of("log", "x"),
            Map.of(),
            StreamInfo.TRANSIT_FORMAT);
    assertThat(reader.readStream(CborWriter.stream(stream))).isEqualTo(stream);

    Random random = new Random(7);
    for (int length : new int[] {0, 1, 23, 24, 255, 256, 65_535, 65_536}) {
      BlockInfo info =
          new BlockInfo(
              ID,
              ID,
              ID,
              Instant.parse("2026-01-02T03:04:05.000000006Z"),
              -random.nextLong(Long.MAX_VALUE),
              Instant.parse("1969-12-31T23:59:59Z"),
              random.nextLong(),
              1L << random.nextInt(63),
              Integer.MIN_VALUE);
      byte[] content = new byte[length];
      random.nextBytes(content);
      BlockEnvelope block =
          reader.readBlock(CborWriter.block(info, new BlockPayload(content, new byte[0])));
      assertThat(block.info()).isEqualTo(info);
      assertThat(block.payload().dependencies()).isEqualTo(content);
      assertThat(block.payload().objects()).isEmpty();
    }
  }

  @Test
  void acceptsUnrealsSpelling() {
    // Indefinite lengths, chunked strings, tags, keys as bytes, unknown fields, upper case ids.
    CborWriter block = new CborWriter();
    byte[] head =
        concat(
            Vectors.hex("d9d9f7 bf"), // self-described, map of indefinite length
            block
                .text("block_id")
                .text(ID.toString().toUpperCase(java.util.Locale.ROOT))
                .text("x")
                .toByteArray(),
            Vectors.hex("9f a1 f6 82 fb 3ff0000000000000 f93c00 5f 4100 42 0102 ff 7f 6161 ff ff"));
    CborWriter rest = new CborWriter();
    rest.text("stream_id").text("{" + ID + "}");
    rest.text("process_id").text("urn:uuid:" + ID);
    rest.text("begin_ticks").integer(1).text("end_ticks").integer(2);
    rest.text("nb_objects").integer(3).text("object_offset").integer(4);
    rest.bytes("end_time".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    byte[] tail =
        concat(
            rest.toByteArray(),
            Vectors.hex("c0"), // tag 0 before a time
            new CborWriter().text("2026-01-02 03:04:05.123+01:30").toByteArray(),
            new CborWriter().text("begin_time").text("2026-01-02T03:04:05Z").toByteArray(),
            new CborWriter().text("payload").toByteArray(),
            Vectors.hex("bf"),
            new CborWriter().text("objects").toByteArray(),
            Vectors.hex("9f 00 18ff 01 ff"), // integers
            new CborWriter().text("dependencies").toByteArray(),
            Vectors.hex("5f 41 01 40 42 0203 ff ff ff 00 ff ff")); // chunks, ends, garbage
    BlockEnvelope read = reader.readBlock(concat(head, tail));
    assertThat(read.info())
        .isEqualTo(
            new BlockInfo(
                ID,
                ID,
                ID,
                Instant.parse("2026-01-02T03:04:05Z"),
                1,
                Instant.parse("2026-01-02T01:34:05.123Z"),
                2,
                4,
                3));
    assertThat(read.payload().objects()).containsExactly(0, 0xff, 1);
    assertThat(read.payload().dependencies()).containsExactly(1, 2, 3);
  }

  @Test
  void parentIsAbsentForNullAndForEmptyText() {
    assertThat(reader.readProcess(processWith("parent_process_id", Vectors.hex("f6"))))
        .extracting(ProcessInfo::parentProcessId)
        .isEqualTo(Optional.empty());
    assertThat(reader.readProcess(processWith("parent_process_id", Vectors.hex("60"))))
        .extracting(ProcessInfo::parentProcessId)
        .isEqualTo(Optional.empty());
    assertThatThrownBy(
            () -> reader.readProcess(processWith("parent_process_id", Vectors.hex("6178"))))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("UUID");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-23T19:20:01.331632786Z, 2026-11-23T19:20:01.331632786Z",
    "2026-1-2 3:4:5 UTC, 2026-01-02T03:04:05Z",
    "2026-01-02t03:04:05.1234567899+0100, 2026-01-02T02:04:05.123456789Z",
    "2026-06-30T23:59:60.5Z, 2026-07-01T00:00:00.5Z",
    "0001-01-01T00:00:00-00:30, 0001-01-01T00:30:00Z",
  })
  void startTimeIsReadLeniently(String text, String expected) {
    byte[] body = processWith("start_time", new CborWriter().text(text).toByteArray());
    assertThat(reader.readProcess(body).startTime()).isEqualTo(Instant.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "now",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04Z",
        "2026-13-02T03:04:05Z",
        "2026-02-30T03:04:05Z",
        "2026-01-02T24:04:05Z",
        "999999-01-02T03:04:05Z",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05,5Z"
      })
  void startTimeWithoutMeaningIsRefused(String text) {
    byte[] body = processWith("start_time", new CborWriter().text(text).toByteArray());
    assertThatThrownBy(() -> reader.readProcess(body))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("time");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f6",
        "80",
        "1a00010000", // null, array, integer
        "6161", // text "a"
        "fb3ff0000000000000", // a float
        "1b8000000000000000", // above the largest signed integer
        "3bffffffffffffffff",
        "1c",
        "ff",
        "5b7fffffffffffffff00"
      })
  void ticksThatAreNoIntegerAreRefused(String item) {
    byte[] body = processWith("start_ticks", Vectors.hex(item));
    if (item.equals("1a00010000")) {
      assertThat(reader.readProcess(body).startTicks()).isEqualTo(65_536);
    } else {
      assertThatThrownBy(() -> reader.readProcess(body)).isInstanceOf(BadRequestException.class);
    }
  }

  @Test
  void everyFieldIsNeededExactlyOnce() {
    for (String field : fields()) {
      assertThatThrownBy(() -> reader.readProcess(processWith(field, new byte[0])))
          .isInstanceOf(BadRequestException.class)
          .hasMessageContaining("missing field " + field);
    }
    assertThatThrownBy(() ->
            reader.readProcess(
                processWith(
                    "exe", concat(new CborWriter().text("a").text("exe").text("b").toByteArray()))))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("duplicate field exe");
  }

  @Test
  void hostileHeadersCostNothing() {
    // Declared lengths of many gigabytes in all kinds of items.
    for (String item :
        List.of("9b7fffffffffffffff", "bb3fffffffffffffff", "5bffffffffffffffff", "7a7fffffff")) {
      for (String field : fields()) {
        assertThatThrownBy(() -> reader.readProcess(processWith(field, Vectors.hex(item))))
            .isInstanceOf(BadRequestException.class);
      }
    }
    // Deep nesting inside a field that would be ignored.
    byte[] deep = new byte[1 << 20];
    java.util.Arrays.fill(deep, (byte) 0x81);
    assertThatThrownBy(() -> reader.readProcess(concat(Vectors.hex("bf 6178"), deep)))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("nested deeper than 256");
    // A run of tags: no memory, no stack.
    java.util.Arrays.fill(deep, (byte) 0xc0);
    assertThatThrownBy(() -> reader.readProcess(deep)).isInstanceOf(BadRequestException.class);
  }

  @Test
  void limitsNameThemselves() {
    EnvelopeReader small = new EnvelopeReader(new EnvelopeLimits(256, 10_000, 2, 1, 1));
    CborWriter three = new CborWriter().map(3).text("a").text("").text("b").text("");
    three.text("c").text("");
    assertThatThrownBy(() -> small.readProcess(processWith("properties", three.toByteArray())))
        .hasMessageContaining("more than 2 properties");
    byte[] text = new CborWriter().text("x".repeat(10_001)).toByteArray();
    assertThatThrownBy(() -> small.readProcess(processWith("exe", text)))
        .hasMessageContaining("longer than 10000 bytes");
    assertThatThrownBy(() -> small.readStream(Vectors.load("0001")))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void damagedBodiesAreBadRequestsAndNothingElse() {
    Random random = new Random(1);
    for (String name : List.of("0000", "0001", "0002", "0010", "0014", "0017")) {
      byte[] body = Vectors.load(name);
      for (int end = 0; end < body.length; end++) {
        tryAll(java.util.Arrays.copyOf(body, end), true);
      }
      for (int bit = 0; bit < body.length * 8; bit++) {
        byte[] flipped = body.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        tryAll(flipped, false);
      }
      for (int i = 0; i < 2_000; i++) {
        byte[] damaged = body.clone();
        for (int hits = random.nextInt(20); hits >= 0; hits--) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
        }
        tryAll(damaged, false);
      }
    }
    for (int i = 0; i < 20_000; i++) {
      byte[] noise = new byte[random.nextInt(64)];
      random.nextBytes(noise);
      tryAll(noise, true);
    }
  }

  private void tryAll(byte[] body, boolean mustFail) {
    List<Runnable> reads =
        List.of(
            () -> reader.readProcess(body),
            () -> reader.readStream(body),
            () -> reader.readBlock(body));
    for (Runnable read : reads) {
      try {
        read.run();
        assertThat(mustFail).isFalse();
      } catch (BadRequestException expected) {
        assertThat(expected).hasMessageStartingWith("insert_");
      }
    }
  }

  private static List<String> fields() {
    return List.of(
        "process_id",
        "exe",
        "username",
        "realname",
        "computer",
        "distro",
        "cpu_brand",
        "tsc_frequency",
        "start_time",
        "start_ticks",
        "parent_process_id",
        "properties");
  }

  /// A valid process with one field's value replaced (or dropped, when `item` is empty).
  private static byte[] processWith(String field, byte[] item) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0xbf);
    for (String name : fields()) {
      boolean replaced = name.equals(field);
      if (replaced && item.length == 0) {
        continue;
      }
      out.writeBytes(new CborWriter().text(name).toByteArray());
      CborWriter value = new CborWriter();
      switch (name) {
        case "process_id" -> value.uuid(ID);
        case "tsc_frequency", "start_ticks" -> value.integer(5);
        case "start_time" -> value.text("2026-01-02T03:04:05Z");
        case "properties" -> value.properties(Map.of("a", "b"));
        default -> value.text("");
      }
      out.writeBytes(replaced ? item : value.toByteArray());
    }
    out.write(0xff);
    return out.toByteArray();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
