package micromegas.server.flight;

import com.google.protobuf.Message;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCatalogs;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetCrossReference;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetDbSchemas;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetExportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetImportedKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetPrimaryKeys;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTableTypes;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetTables;
import org.apache.arrow.vector.types.pojo.Schema;

/// The metadata commands: what each answers with.
final class Commands {
  private final MetadataTables tables;

  Commands(MetadataTables tables) {
    this.tables = tables;
  }

  Schema schema(Message command) {
    return switch (command) {
      case CommandGetTables get -> MetadataTables.tablesSchema(get);
      case CommandGetSqlInfo _ -> Schemas.GET_SQL_INFO_SCHEMA;
      case CommandGetCatalogs _ -> Schemas.GET_CATALOGS_SCHEMA;
      case CommandGetDbSchemas _ -> Schemas.GET_SCHEMAS_SCHEMA;
      case CommandGetTableTypes _ -> Schemas.GET_TABLE_TYPES_SCHEMA;
      case CommandGetPrimaryKeys _ -> Schemas.GET_PRIMARY_KEYS_SCHEMA;
      case CommandGetExportedKeys _ -> Schemas.GET_EXPORTED_KEYS_SCHEMA;
      case CommandGetImportedKeys _ -> Schemas.GET_IMPORTED_KEYS_SCHEMA;
      case CommandGetCrossReference _ -> Schemas.GET_CROSS_REFERENCE_SCHEMA;
      default -> throw unsupported(command);
    };
  }

  void send(Message command, FrameSink sink) {
    switch (command) {
      case CommandGetTables get -> tables.sendTables(get, sink);
      case CommandGetSqlInfo get -> tables.sendSqlInfo(get.getInfoList(), sink);
      case CommandGetCatalogs _ -> tables.sendCatalogs(sink);
      case CommandGetDbSchemas get ->
          tables.sendDbSchemas(
              (!get.hasCatalog() || get.getCatalog().isEmpty())
                  && MetadataTables.like(
                          get.hasDbSchemaFilterPattern(), get.getDbSchemaFilterPattern())
                      .test(""),
              sink);
      case CommandGetTableTypes _ -> tables.sendTableTypes(sink);
      case CommandGetPrimaryKeys _,
          CommandGetExportedKeys _,
          CommandGetImportedKeys _,
          CommandGetCrossReference _ ->
          tables.sendNothing(schema(command), sink);
      default -> throw unsupported(command);
    }
  }

  private static StatusRuntimeException unsupported(Message command) {
    return new StatusRuntimeException(
        Status.UNIMPLEMENTED.withDescription(
            command.getDescriptorForType().getName() + " is not supported"));
  }
}
