/// From request bodies and stored bytes to records, and back to the stored form.
///
/// Comes in: CBOR that anybody may have sent. Goes out: ProcessInfo, StreamInfo, BlockInfo with its
/// payload, and the canonical bytes that object store and PostgreSQL keep. Must never reserve
/// memory because a header says so, nor let bad input out as anything but BadRequestException
/// (requests) or CorruptDataException (stored bytes).
@NullMarked
package micromegas.lake.envelope;

import org.jspecify.annotations.NullMarked;
