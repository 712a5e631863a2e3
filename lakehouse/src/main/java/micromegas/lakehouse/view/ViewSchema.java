package micromegas.lakehouse.view;

import micromegas.query.EventTimeColumns;
import org.apache.arrow.vector.types.pojo.Schema;

/// What all instances of a view set share.
///
/// @param arrow columns of the files, in file and result order
/// @param hash identifies the schema version; partitions with another hash are invisible
/// @param eventTime columns that bound a row in event time
@SuppressWarnings("ArrayRecordComponent") // compared with Arrays.equals
public record ViewSchema(Schema arrow, byte[] hash, EventTimeColumns eventTime) {}
