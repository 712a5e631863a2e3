package micromegas.programs;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import micromegas.tracing.AsyncSpanSite;
import micromegas.tracing.Sites;

/// Servlets that answer at once, later, elsewhere, badly and never.
final class ServletScenarios {
  static final String FILTERED = "/*";

  private static final AsyncSpanSite WORK = Sites.here().asyncSpan("work");

  /// Open while the filter of a request that goes on elsewhere has not returned.
  private static volatile CountDownLatch returned = new CountDownLatch(0);

  private ServletScenarios() {}

  /// What the program asks for, one by one.
  static void run(HttpCalls calls, Report report) throws Exception {
    for (String path :
        new String[] {
          "/plain/7/lines",
          "/v2/list2",
          "/async/complete",
          "/async/start",
          "/async/early",
          "/async/dispatch",
          "/async/again",
          "/async/timeout",
          "/async/status",
          "/throws",
          "/error"
        }) {
      System.out.println(path + " " + calls.get(path));
      report.printInOrder(path);
    }
  }

  static final class PassingFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      CountDownLatch latch = new CountDownLatch(1);
      if (request.getDispatcherType() == DispatcherType.REQUEST) {
        returned = latch;
      }
      try {
        chain.doFilter(request, response);
      } finally {
        latch.countDown();
      }
    }
  }

  /// Answers `/plain/*` and `/v2/list2`.
  static final class Plain extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      WORK.run(() -> response.setStatus(204));
    }
  }

  /// Answers `/throws` and `/error`.
  static final class Failing extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getServletPath().equals("/throws")) {
        throw new IllegalStateException("on purpose");
      }
      response.sendError(503);
    }
  }

  /// Answers `/async/*`.
  static final class Later extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      String path = request.getPathInfo();
      if (request.getDispatcherType() == DispatcherType.ASYNC) {
        WORK.run(() -> response.setStatus(204));
        if (path.equals("/again") && request.getAttribute("again") == null) {
          request.setAttribute("again", true);
          later(request.startAsync(), response, AsyncContext::dispatch);
        }
        return;
      }
      AsyncContext context = request.startAsync();
      switch (path) {
        case "/start" ->
            context.start(() -> {
              WORK.run(() -> response.setStatus(204));
              context.complete();
            });
        case "/early" -> context.complete();
        case "/dispatch", "/again" -> later(context, response, AsyncContext::dispatch);
        case "/timeout" -> context.setTimeout(20);
        case "/status" ->
            later(
                context,
                response,
                c -> {
                  response.setStatus(502);
                  c.complete();
                });
        default -> later(context, response, AsyncContext::complete);
      }
    }

    private interface Ending {
      void end(AsyncContext context);
    }

    /// Works on another thread, after the servlet and its filter have returned.
    private static void later(AsyncContext context, HttpServletResponse response, Ending ending) {
      CountDownLatch before = returned;
      new Thread(
              () -> {
                try {
                  before.await();
                } catch (InterruptedException e) {
                  return;
                }
                WORK.run(() -> response.setStatus(204));
                ending.end(context);
              })
          .start();
    }
  }
}
