package micromegas.programs;

import java.io.IOException;
import javax.servlet.AsyncContext;
import javax.servlet.DispatcherType;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;
import org.eclipse.jetty.ee8.servlet.ServletContextHandler;
import org.eclipse.jetty.ee8.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/// Answers requests with servlets of Java Servlet 4, which Jetty runs as well.
public final class JavaxProgram {
  private static final AsyncSpanSite WORK = Sites.here().asyncSpan("work");

  private JavaxProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    context.setContextPath("/");
    ServletHolder holder = new ServletHolder(new Shop());
    holder.setAsyncSupported(true);
    context.addServlet(holder, "/orders/*");
    server.setHandler(context.get());
    server.start();
    HttpCalls calls = new HttpCalls(connector.getLocalPort(), "/orders/17");
    for (String path : new String[] {"/plain", "/complete", "/dispatch", "/throws"}) {
      System.out.println(path + " " + calls.get(path));
      report.printInOrder(path);
    }
    server.stop();
  }

  private static final class Shop extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String path = request.getPathInfo();
      if (path.endsWith("/throws")) {
        throw new IOException("on purpose");
      }
      if (path.endsWith("/plain") || request.getDispatcherType() == DispatcherType.ASYNC) {
        WORK.run(() -> response.setStatus(204));
        return;
      }
      AsyncContext context = request.startAsync();
      context.start(() -> {
        WORK.run(() -> response.setStatus(204));
        if (path.endsWith("/dispatch")) {
          context.dispatch();
        } else {
          context.complete();
        }
      });
    }
  }
}
