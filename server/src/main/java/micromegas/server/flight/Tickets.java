package micromegas.server.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;

/// Reads commands and tickets, wrapped in Any or, as the reference hands them out, bare.
final class Tickets {
  private static final List<Class<? extends Message>> KNOWN =
      List.of(
          TicketStatementQuery.class,
          FlightSql.CommandStatementQuery.class,
          FlightSql.CommandPreparedStatementQuery.class,
          FlightSql.CommandGetTables.class,
          FlightSql.CommandGetSqlInfo.class,
          FlightSql.CommandGetCatalogs.class,
          FlightSql.CommandGetDbSchemas.class,
          FlightSql.CommandGetTableTypes.class,
          FlightSql.CommandGetPrimaryKeys.class,
          FlightSql.CommandGetExportedKeys.class,
          FlightSql.CommandGetImportedKeys.class,
          FlightSql.CommandGetCrossReference.class);

  private Tickets() {}

  /// A ticket of DoGet. Field 1 of a bare ticket holds SQL where that of Any holds a type's URL.
  static Message parse(ByteString ticket) throws InvalidProtocolBufferException {
    try {
      Any any = Any.parseFrom(ticket);
      if (any.getTypeUrl().startsWith("type.googleapis.com/")) {
        return unpack(any);
      }
    } catch (InvalidProtocolBufferException e) {
      // Not wrapped, or not protobuf at all: the next line tells.
    }
    return TicketStatementQuery.parseFrom(ticket);
  }

  static Message unpack(Any any) throws InvalidProtocolBufferException {
    for (Class<? extends Message> known : KNOWN) {
      if (any.is(known)) {
        return any.unpack(known);
      }
    }
    throw new StatusRuntimeException(
        Status.UNIMPLEMENTED.withDescription("command " + any.getTypeUrl() + " is not supported"));
  }
}
