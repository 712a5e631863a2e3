package micromegas.transit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import micromegas.transit.UserDefinedType.Member;
import org.junit.jupiter.api.Test;

class TransitLayoutTest {

  @Test
  void findsFieldsWhereTheDescriptionSays() {
    TypeTable types = table(ClientTypes.logObjects());
    RecordLayout interop = types.require("LogStaticStrInteropEvent");
    assertThat(interop.longField("time").offset()).isEqualTo(32);
    assertThat(interop.intField("level").offset()).isEqualTo(40);
    assertThat(interop.reference("target").offset()).isZero();
    assertThat(interop.reference("msg").offset()).isEqualTo(16);
    assertThat(types.require("StringId").standsForReference().offset()).isZero();
    // Unreal marks the member as a reference itself, and spells types the C++ way.
    TypeTable unreal =
        table(
            List.of(
                fixed(
                    "LogMetadataDependency",
                    64,
                    value("id", "uint64", 0, 8),
                    reference("target", 8, 16),
                    reference("fmt_str", 24, 16),
                    value("line", "uint32", 56, 4),
                    value("level", "uint8", 60, 1))));
    byte[] record = new byte[64];
    record[60] = (byte) 200;
    LittleEndian.putInt(record, 56, -7);
    LittleEndian.putLong(record, 8, 42);
    RecordLayout layout = unreal.type(0);
    assertThat(layout.intField("level").getInt(record, 0)).isEqualTo(200);
    assertThat(layout.intField("line").getInt(record, 0)).isEqualTo(-7);
    assertThat(layout.reference("target").getLong(record, 0)).isEqualTo(42);
  }

  @Test
  void nestedTypesAreUnfolded() {
    TypeTable types =
        table(
            List.of(
                fixed("Event", 40, value("text", "Wrapper", 8, 24), value("sub", "Pod", 32, 8)),
                new UserDefinedType("Wrapper", 24, List.of(value("id", "Ref", 4, 16)), true),
                new UserDefinedType("Ref", 16, List.of(reference("id", 8, 8)), true),
                fixed("Pod", 8, reference("other", 0, 8))));
    assertThat(types.type(0).reference("text").offset()).isEqualTo(8 + 4 + 8);
    assertThat(types.type(0).references()).containsExactly(20, 32);
    assertThatThrownBy(() -> types.type(0).longField("sub"))
        .isInstanceOf(CorruptBlockException.class);
  }

  @Test
  void descriptionsWithoutSenseFailWhenUsed() {
    for (UserDefinedType bad :
        List.of(
            fixed("T", 8, value("m", "u64", 1, 8)),
            fixed("T", 8, value("m", "u64", Integer.MAX_VALUE, 8)),
            fixed("T", 8, value("m", "u64", -1, 8)),
            fixed("T", 8, value("m", "u64", 0, 4)),
            fixed("T", 8, value("m", "u16", 0, 2)),
            fixed("T", 8, value("m", "T", 0, 8)),
            fixed("T", 8, reference("m", 0, 4)),
            fixed("T", -8),
            new UserDefinedType("T", 8, List.of(value("m", "u64", 0, 8)), true))) {
      TypeTable types = table(List.of(bad));
      assertThatThrownBy(types.type(0)::requireReadable)
          .isInstanceOf(CorruptBlockException.class)
          .hasMessageStartingWith("type T: ");
      assertThatThrownBy(() -> types.type(0).longField("m"))
          .isInstanceOf(CorruptBlockException.class);
    }
    TypeTable cycle =
        table(List.of(fixed("A", 8, value("b", "B", 0, 8)), fixed("B", 8, value("a", "A", 0, 8))));
    assertThatThrownBy(cycle.type(0)::requireReadable).hasMessageContaining("contains itself");
  }

  @Test
  void unfoldingIsBounded() {
    // Ten levels of ten members: 10^10 references if unfolded.
    List<UserDefinedType> types = new ArrayList<>();
    types.add(fixed("T0", 8, reference("r", 0, 8)));
    for (int level = 1; level <= 10; level++) {
      Member[] members = new Member[10];
      for (int i = 0; i < 10; i++) {
        members[i] = value("m" + i, "T" + (level - 1), 0, 8);
      }
      types.add(fixed("T" + level, 8, members));
    }
    TypeTable table = table(types);
    assertThatThrownBy(table.type(10)::requireReadable).hasMessageContaining("more than 4096");
  }

  @Test
  void nestingIsBounded() {
    List<UserDefinedType> chain = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      chain.add(fixed("C" + i, 8, value("m", i == 99_999 ? "u64" : "C" + (i + 1), 0, 8)));
    }
    TypeTable table = table(chain);
    assertThatThrownBy(table.type(0)::requireReadable).hasMessageContaining("64 deep");
    assertThatThrownBy(table.type(99_999 - 64)::requireReadable).hasMessageContaining("64 deep");
    table.type(100_000 - 64).requireReadable();
  }

  @Test
  void randomDescriptionsNeverFailOtherwise() {
    Random random = new Random(8);
    String[] names = {"StaticString", "Property", "A", "B", "u64", "PropertySetDependency"};
    String[] members = {"id", "name", "value", "x"};
    String[] types = {"u8", "uint32", "u64", "i64", "f64", "A", "B", "Property", "??"};
    DependencyTable dependencies = new DependencyTable();
    for (int i = 0; i < 20_000; i++) {
      List<UserDefinedType> described = new ArrayList<>();
      for (int n = random.nextInt(6); n >= 0; n--) {
        List<Member> fields = new ArrayList<>();
        for (int m = random.nextInt(4); m > 0; m--) {
          fields.add(
              new Member(
                  members[random.nextInt(members.length)],
                  types[random.nextInt(types.length)],
                  random.nextInt(12) - 1,
                  random.nextInt(3) == 0 ? random.nextInt() : 8,
                  random.nextInt(3) == 0));
        }
        described.add(
            new UserDefinedType(
                names[random.nextInt(names.length)],
                random.nextInt(10) == 0 ? random.nextInt() : random.nextInt(3) * 10,
                fields,
                random.nextInt(5) == 0));
      }
      TypeTable table = table(described);
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      for (int k = 0; k < noise.length; k++) {
        noise[k] = random.nextInt(3) > 0 ? (byte) random.nextInt(8) : noise[k];
      }
      try {
        dependencies.decode(table, noise, 0, noise.length);
        assertThat(dependencies.size()).isLessThanOrEqualTo(noise.length);
      } catch (CorruptBlockException expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
      ObjectCursor cursor = new ObjectCursor();
      cursor.reset(table, noise, 0, noise.length);
      try {
        int last = 0;
        while (cursor.next()) {
          assertThat(cursor.begin()).isGreaterThan(last);
          assertThat(cursor.end()).isBetween(cursor.begin(), noise.length);
          last = cursor.begin();
        }
      } catch (CorruptBlockException expected) {
        assertThat(expected).hasMessageContaining("record");
      }
    }
  }

  static TypeTable table(List<UserDefinedType> types) {
    return TransitLayout.compile(types, List.of()).dependencies();
  }

  static UserDefinedType fixed(String name, int size, Member... members) {
    return new UserDefinedType(name, size, List.of(members), false);
  }

  static Member value(String name, String type, int offset, int size) {
    return new Member(name, type, offset, size, false);
  }

  static Member reference(String name, int offset, int size) {
    return new Member(name, "anything *", offset, size, true);
  }
}
