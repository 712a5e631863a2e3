package micromegas.lakehouse.blocks;

/// Buffers and compiled layouts that one decoding thread keeps from block to block. Not
/// thread-safe.
public final class DecodeScratch {}
