package micromegas.lakehouse.blocks;

/// One object of a block, spelled out.
///
/// @param typeName of the object in its format
/// @param value JSONB document
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ParsedObject(String typeName, byte[] value) {}
