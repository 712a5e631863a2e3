package micromegas.programs;

import com.sun.net.httpserver.HttpServer;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import micromegas.tracing.Span;

/// Uses JDBC, HTTP and servlets.
public final class LibrariesProgram {
  private LibrariesProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    jdbc();
    report.print("jdbc");
    http();
    report.print("http");
    servlet();
    report.print("servlet");
  }

  private static void jdbc() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:test");
        Statement statement = connection.createStatement()) {
      statement.execute("create table orders(id int, name varchar(20))");
      statement.executeUpdate("insert into orders values (1, 'one'), (2, 'it''s two')");
      try (PreparedStatement prepared =
          connection.prepareStatement("select *  from orders\n where id = ? and id < 100")) {
        prepared.setInt(1, 2);
        prepared.executeQuery().close();
      }
      try {
        statement.executeQuery("select nonsense from orders");
      } catch (SQLException e) {
        System.out.println("refused " + e.getSQLState());
      }
    }
  }

  private static void http() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/orders",
        exchange -> {
          handle();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    HttpClient client = HttpClient.newHttpClient();
    URI address =
        URI.create("http://localhost:" + server.getAddress().getPort() + "/orders/17/lines?x=1");
    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding());
    client
        .sendAsync(
            HttpRequest.newBuilder(address).DELETE().build(),
            HttpResponse.BodyHandlers.discarding())
        .join();
    server.stop(0);
  }

  @Span
  private static void handle() {}

  private static void servlet() throws IOException, ServletException {
    Filter inner = new PassingFilter();
    Filter outer = new PassingFilter();
    HttpServletRequest request = request();
    HttpServletResponse response =
        (HttpServletResponse)
            Proxy.newProxyInstance(
                LibrariesProgram.class.getClassLoader(),
                new Class<?>[] {HttpServletResponse.class},
                (proxy, method, values) -> null);
    outer.doFilter(request, response, (q, r) -> inner.doFilter(q, r, (q2, r2) -> handle()));
    try {
      outer.doFilter(
          request,
          response,
          (q, r) -> {
            throw new ServletException("on purpose");
          });
    } catch (ServletException e) {
      System.out.println("thrown " + e.getMessage());
    }
  }

  private static HttpServletRequest request() {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            LibrariesProgram.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, values) ->
                switch (method.getName()) {
                  case "getMethod" -> "POST";
                  case "getRequestURI" -> "/items/7";
                  case "getContextPath" -> "";
                  case "isAsyncStarted" -> false;
                  default -> null;
                });
  }

  private static final class PassingFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(request, response);
    }
  }
}
