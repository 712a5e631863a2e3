package micromegas.programs;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;

/// Serves and calls HTTP/1.1 with Netty's codec.
public final class NettyProgram {
  private static final AsyncSpanSite WORK = Sites.here().asyncSpan("work");

  private NettyProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    EventLoopGroup group = new NioEventLoopGroup(2);
    ExecutorService pool = Executors.newFixedThreadPool(1);
    Channel server =
        new ServerBootstrap()
            .group(group)
            .channel(NioServerSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(1 << 20),
                            new Shop(pool));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .sync()
            .channel();
    int port = ((InetSocketAddress) server.localAddress()).getPort();
    raw(port, report);
    client(group, port, report);
    pool.shutdown();
    group.shutdownGracefully().sync();
  }

  /// Answers some requests at once, some on another thread, and some with those that follow.
  private static final class Shop extends SimpleChannelInboundHandler<FullHttpRequest> {
    private final ExecutorService pool;
    private boolean held;

    Shop(ExecutorService pool) {
      this.pool = pool;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      String path = request.uri();
      if (path.startsWith("/held")) {
        held = true;
      } else if (path.startsWith("/pool")) {
        pool.execute(() -> {
          WORK.run(() -> {});
          answer(context, 200);
        });
      } else if (path.startsWith("/chunks")) {
        DefaultHttpResponse head =
            new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        HttpUtil.setTransferEncodingChunked(head, true);
        context.write(head);
        context.write(
            new DefaultHttpContent(Unpooled.copiedBuffer("some", StandardCharsets.UTF_8)));
        WORK.run(() -> {});
        context.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
      } else if (path.startsWith("/close")) {
        context.close();
      } else {
        if (held) {
          held = false;
          answer(context, 200);
        }
        WORK.run(() -> {});
        answer(context, path.startsWith("/broken") ? 500 : 200);
      }
    }

    private static void answer(ChannelHandlerContext context, int status) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
      HttpUtil.setContentLength(response, 0);
      context.writeAndFlush(response);
    }
  }

  private static void raw(int port, Report report) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      say(socket, "GET /orders/7?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", 1);
      report.printInOrder("plain");
      say(socket, "GET /pool HTTP/1.1\r\nHost: a\r\n\r\n", 1);
      report.printInOrder("pool");
      say(socket, "GET /broken HTTP/1.1\r\nHost: a\r\n\r\n", 1);
      report.printInOrder("broken");
      say(socket, "GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /quick HTTP/1.1\r\nHost: a\r\n\r\n", 2);
      report.printInOrder("pipelined");
      say(
          socket,
          "POST /posted HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n",
          1);
      say(socket, "text", 1);
      report.printInOrder("continued");
      say(socket, "GET http://shop/chunks HTTP/1.1\r\nHost: a\r\n\r\n", 1);
      report.printInOrder("chunks");
      say(socket, "GET /close HTTP/1.1\r\nHost: a\r\n\r\n", 0);
      System.out.println("closed " + socket.getInputStream().read());
      report.printInOrder("close");
    }
  }

  /// Sends a text and reads so many responses.
  private static void say(Socket socket, String text, int responses) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    StringBuilder read = new StringBuilder();
    int found = 0;
    while (found < responses) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed after " + read);
      }
      read.append((char) next);
      boolean chunked = read.indexOf("chunked") >= 0;
      if (read.toString().endsWith(chunked ? "0\r\n\r\n" : "\r\n\r\n")) {
        found++;
      }
    }
  }

  private static void client(EventLoopGroup group, int port, Report report) throws Exception {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Channel channel =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel made) {
                    made.pipeline()
                        .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(1 << 20),
                            new SimpleChannelInboundHandler<FullHttpResponse>() {
                              @Override
                              protected void channelRead0(
                                  ChannelHandlerContext context, FullHttpResponse response) {
                                status.complete(response.status().code());
                              }
                            });
                  }
                })
            .connect(InetAddress.getLoopbackAddress(), port)
            .sync()
            .channel();
    FullHttpRequest request =
        new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.PUT, "/orders/7");
    request.headers().set(HttpHeaderNames.HOST, "shop.test:" + port);
    HttpUtil.setContentLength(request, 0);
    WORK.call(() -> channel.writeAndFlush(request));
    System.out.println("client " + status.get());
    report.printInOrder("client");
    channel.close().sync();
  }
}
