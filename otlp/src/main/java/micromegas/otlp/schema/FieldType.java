package micromegas.otlp.schema;

import micromegas.otlp.ProtoReader;

/// How the value of a field is written in protobuf and in JSON.
public enum FieldType {
  /// UTF-8 text.
  STRING(ProtoReader.LENGTH_DELIMITED),
  /// Bytes that JSON writes in base64.
  BYTES(ProtoReader.LENGTH_DELIMITED),
  /// Bytes of a trace or span id, which JSON writes in hexadecimal.
  ID(ProtoReader.LENGTH_DELIMITED),
  /// A nested message.
  MESSAGE(ProtoReader.LENGTH_DELIMITED),
  BOOL(ProtoReader.VARINT),
  /// Signed 32 bits, as a varint of the sign-extended value.
  INT32(ProtoReader.VARINT),
  /// Unsigned 32 bits, as a varint.
  UINT32(ProtoReader.VARINT),
  /// Signed 32 bits, as a varint of the zigzag form.
  SINT32(ProtoReader.VARINT),
  /// An enumeration, open: any 32-bit number is kept. Written like [#INT32].
  ENUM(ProtoReader.VARINT),
  INT64(ProtoReader.VARINT),
  UINT64(ProtoReader.VARINT),
  FIXED32(ProtoReader.FIXED32),
  FIXED64(ProtoReader.FIXED64),
  SFIXED64(ProtoReader.FIXED64),
  DOUBLE(ProtoReader.FIXED64);

  private final int wireType;

  FieldType(int wireType) {
    this.wireType = wireType;
  }

  /// Wire type of one value, as in [ProtoReader].
  public int wireType() {
    return wireType;
  }

  /// Whether a repeated field of this type is written as one packed value.
  public boolean isPackable() {
    return wireType != ProtoReader.LENGTH_DELIMITED;
  }
}
