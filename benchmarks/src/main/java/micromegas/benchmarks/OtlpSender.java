package micromegas.benchmarks;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import micromegas.otlp.Signal;

/// One connection that exports requests, one after the other. Used by one thread.
interface OtlpSender extends AutoCloseable {
  /// Returns when the request has been acknowledged without rejected records.
  void export(byte[] request) throws IOException;

  @Override
  void close() throws IOException;

  /// Protobuf over HTTP/1.1.
  static OtlpSender http(InetSocketAddress address, Signal signal) throws IOException {
    HttpConnection connection = new HttpConnection(address, "application/x-protobuf");
    String path = "/v1/" + signal.label();
    return new OtlpSender() {
      @Override
      public void export(byte[] request) throws IOException {
        CheckFailedException.requireEqual("status", 200, connection.post(path, request));
      }

      @Override
      public void close() throws IOException {
        connection.close();
      }
    };
  }

  /// gRPC.
  static OtlpSender grpc(InetSocketAddress address, Signal signal) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(address).usePlaintext().directExecutor().build();
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(signal.grpcMethod())
            .setRequestMarshaller(Bytes.MARSHALLER)
            .setResponseMarshaller(Bytes.MARSHALLER)
            .build();
    return new OtlpSender() {
      @Override
      public void export(byte[] request) {
        byte[] answer =
            ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request);
        CheckFailedException.requireEqual("bytes of the answer", 0, answer.length);
      }

      @Override
      public void close() {
        channel.shutdownNow();
      }
    };
  }

  /// Messages as they are.
  final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    private static final Bytes MARSHALLER = new Bytes();

    private Bytes() {}

    @Override
    public InputStream stream(byte[] message) {
      return new ByteArrayInputStream(message);
    }

    @Override
    public byte[] parse(InputStream in) {
      try {
        return in.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
