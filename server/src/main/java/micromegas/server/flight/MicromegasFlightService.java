package micromegas.server.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import micromegas.query.QueryEngine;
import micromegas.query.TableCatalog;
import org.apache.arrow.flight.impl.Flight;
import org.apache.arrow.flight.impl.FlightServiceGrpc;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementRequest;
import org.apache.arrow.flight.sql.impl.FlightSql.ActionCreatePreparedStatementResult;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandPreparedStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandStatementQuery;
import org.apache.arrow.flight.sql.impl.FlightSql.TicketStatementQuery;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Schema;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Flight service: statements, prepared statements without parameters, metadata. What it does
/// not know stays UNIMPLEMENTED. Nothing that a client holds expires: a ticket carries its SQL, a
/// prepared statement's handle is its SQL.
final class MicromegasFlightService implements BindableService, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MicromegasFlightService.class);
  private static final int CLOSE_SECONDS = 10;
  private static final String DO_GET = FlightServiceGrpc.SERVICE_NAME + "/DoGet";
  private static final Flight.ActionType[] ACTIONS = {
    action("CreatePreparedStatement", "Describes a query. Handle: its SQL."),
    action("ClosePreparedStatement", "Does nothing: handles need no closing."),
    action("CancelQuery", "Does nothing: a query ends when its stream is dropped.")
  };

  private final Statements statements;
  private final Commands commands;
  private final int sendAheadBytes;
  private final ExecutorService streams =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("flight-doget").factory());

  MicromegasFlightService(
      QueryEngine engine,
      TableCatalog catalog,
      BufferAllocator allocator,
      FlightSettings settings) {
    this.statements = new Statements(engine, catalog, settings);
    this.commands = new Commands(new MetadataTables(catalog, allocator));
    this.sendAheadBytes = settings.sendAheadBytes();
  }

  /// The generated service with one method replaced: DoGet writes its messages itself.
  @Override
  public ServerServiceDefinition bindService() {
    ServerServiceDefinition.Builder builder =
        ServerServiceDefinition.builder(FlightServiceGrpc.SERVICE_NAME);
    for (ServerMethodDefinition<?, ?> method : new Unary().bindService().getMethods()) {
      if (!method.getMethodDescriptor().getFullMethodName().equals(DO_GET)) {
        builder.addMethod(method);
      }
    }
    MethodDescriptor<Flight.Ticket, FlightFrame> doGet =
        MethodDescriptor.<Flight.Ticket, FlightFrame>newBuilder()
            .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
            .setFullMethodName(DO_GET)
            .setRequestMarshaller(ProtoUtils.marshaller(Flight.Ticket.getDefaultInstance()))
            .setResponseMarshaller(new FlightFrame.Marshaller())
            .build();
    return builder.addMethod(doGet, ServerCalls.asyncServerStreamingCall(this::doGet)).build();
  }

  /// Streams on a thread of its own, since gRPC delivers "ready" and "cancelled" on this one.
  private void doGet(Flight.Ticket ticket, StreamObserver<FlightFrame> observer) {
    FrameSink sink =
        new FrameSink((ServerCallStreamObserver<FlightFrame>) observer, sendAheadBytes);
    CallHeaders headers = CallContext.headers();
    streams.execute(Context.current().wrap(() -> stream(ticket.getTicket(), headers, sink)));
  }

  private void stream(ByteString ticket, CallHeaders headers, FrameSink sink) {
    try {
      Message command = Tickets.parse(ticket);
      switch (command) {
        case TicketStatementQuery query ->
            statements.run(query.getStatementHandle(), Tickets.waiting(query), headers, sink);
        case CommandPreparedStatementQuery query ->
            statements.run(query.getPreparedStatementHandle(), Optional.empty(), headers, sink);
        default -> commands.send(command, sink);
      }
    } catch (Throwable e) {
      sink.fail(FlightErrors.toStatus(e));
    }
  }

  private Flight.FlightInfo info(Flight.FlightDescriptor descriptor)
      throws InvalidProtocolBufferException {
    Statements.Offer offer = offer(descriptor);
    return Flight.FlightInfo.newBuilder()
        .setSchema(ResultSchemas.message(offer.schema()))
        .setFlightDescriptor(descriptor)
        .addEndpoint(
            Flight.FlightEndpoint.newBuilder()
                .setTicket(Flight.Ticket.newBuilder().setTicket(offer.ticket())))
        .setTotalRecords(-1)
        .setTotalBytes(-1)
        .build();
  }

  private Statements.Offer offer(Flight.FlightDescriptor descriptor)
      throws InvalidProtocolBufferException {
    CallHeaders headers = CallContext.headers();
    Message command = command(descriptor);
    return switch (command) {
      case CommandStatementQuery query -> statements.offer(query.getQueryBytes(), headers);
      case CommandPreparedStatementQuery query ->
          statements.offer(query.getPreparedStatementHandle(), headers);
      default -> new Statements.Offer(commands.schema(command), descriptor.getCmd());
    };
  }

  private Schema schema(Flight.FlightDescriptor descriptor) throws InvalidProtocolBufferException {
    CallHeaders headers = CallContext.headers();
    Message command = command(descriptor);
    return switch (command) {
      case CommandStatementQuery query -> statements.resultSchema(query.getQueryBytes(), headers);
      case CommandPreparedStatementQuery query ->
          statements.resultSchema(query.getPreparedStatementHandle(), headers);
      default -> commands.schema(command);
    };
  }

  private static Message command(Flight.FlightDescriptor descriptor)
      throws InvalidProtocolBufferException {
    return Tickets.unpack(Any.parseFrom(descriptor.getCmd()));
  }

  private ByteString act(Flight.Action action) throws InvalidProtocolBufferException {
    return switch (action.getType()) {
      case "CreatePreparedStatement" -> {
        ActionCreatePreparedStatementRequest request =
            Any.parseFrom(action.getBody()).unpack(ActionCreatePreparedStatementRequest.class);
        Schema schema = statements.preparedSchema(request.getQuery());
        yield Any.pack(
                ActionCreatePreparedStatementResult.newBuilder()
                    .setPreparedStatementHandle(request.getQueryBytes())
                    .setDatasetSchema(ResultSchemas.stream(schema))
                    .build())
            .toByteString();
      }
      case "ClosePreparedStatement", "CancelQuery", "CancelFlightInfo", "CloseSession" ->
          ByteString.EMPTY;
      case "BeginTransaction",
          "EndTransaction",
          "BeginSavepoint",
          "EndSavepoint",
          "CreatePreparedSubstraitPlan" ->
          throw new StatusRuntimeException(
              Status.UNIMPLEMENTED.withDescription(action.getType() + " is not supported"));
      default ->
          throw new StatusRuntimeException(
              Status.INVALID_ARGUMENT.withDescription(
                  "do_action: The defined request is invalid: \"" + action.getType() + "\""));
    };
  }

  private static Flight.ActionType action(String type, String description) {
    return Flight.ActionType.newBuilder().setType(type).setDescription(description).build();
  }

  QueryMetrics metrics() {
    return statements.metrics();
  }

  /// Ends the queries that wait for their DoGet.
  @Override
  public void close() {
    statements.close();
    streams.shutdown();
    try {
      // A query that was cancelled ends soon, but not at once: it holds files and memory until
      // then.
      if (!streams.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("queries still run {} s after they were cancelled", CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Answer<T> {
    T get() throws InvalidProtocolBufferException;
  }

  private static <T> void answer(StreamObserver<T> observer, Answer<T> answer) {
    T value;
    try {
      value = answer.get();
    } catch (Exception e) {
      observer.onError(FlightErrors.toStatus(e));
      return;
    }
    observer.onNext(value);
    observer.onCompleted();
  }

  /// The methods whose messages are plain protobuf.
  private final class Unary extends FlightServiceGrpc.FlightServiceImplBase {
    @Override
    public void getFlightInfo(
        Flight.FlightDescriptor request, StreamObserver<Flight.FlightInfo> observer) {
      answer(observer, () -> info(request));
    }

    @Override
    public void getSchema(
        Flight.FlightDescriptor request, StreamObserver<Flight.SchemaResult> observer) {
      answer(
          observer,
          () ->
              Flight.SchemaResult.newBuilder()
                  .setSchema(ResultSchemas.message(schema(request)))
                  .build());
    }

    @Override
    public void doAction(Flight.Action request, StreamObserver<Flight.Result> observer) {
      answer(observer, () -> Flight.Result.newBuilder().setBody(act(request)).build());
    }

    @Override
    public void listActions(Flight.Empty request, StreamObserver<Flight.ActionType> observer) {
      for (Flight.ActionType action : ACTIONS) {
        observer.onNext(action);
      }
      observer.onCompleted();
    }
  }
}
