package micromegas.server.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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

  /// Far from the numbers that Flight SQL may come to use.
  private static final int WAITING_FIELD = 20_001;

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

  /// A ticket for the rows of `sql`, whose query waits under `waiting`. The statement is in it as
  /// the reference has it, so that any server can run it; the id is a field that only we look at.
  static ByteString of(ByteString sql, UUID waiting) {
    ByteString id =
        ByteString.copyFrom(
            ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(waiting.getMostSignificantBits())
                .putLong(waiting.getLeastSignificantBits())
                .flip());
    return TicketStatementQuery.newBuilder()
        .setStatementHandle(sql)
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    WAITING_FIELD,
                    UnknownFieldSet.Field.newBuilder().addLengthDelimited(id).build())
                .build())
        .build()
        .toByteString();
  }

  /// The id under which the ticket's query may still wait.
  static Optional<UUID> waiting(TicketStatementQuery ticket) {
    List<ByteString> ids =
        ticket.getUnknownFields().getField(WAITING_FIELD).getLengthDelimitedList();
    if (ids.size() != 1 || ids.getFirst().size() != 2 * Long.BYTES) {
      return Optional.empty();
    }
    ByteBuffer id = ids.getFirst().asReadOnlyByteBuffer();
    return Optional.of(new UUID(id.getLong(), id.getLong()));
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
