package micromegas.ingestion.otlp;

import micromegas.otlp.Signal;
import micromegas.otlp.block.BlockSummary;

/// A resource of a request, checked as a whole and ready to be stored.
///
/// @param message canonical form
/// @param resourceBegin where the `Resource` begins in it; equal to the end when there is none
@SuppressWarnings("ArrayRecordComponent") // compared nowhere
record PreparedBlock(
    Signal signal, byte[] message, int resourceBegin, int resourceEnd, BlockSummary summary) {}
