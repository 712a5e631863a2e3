package micromegas.programs;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Comparator;
import micromegas.tracing.Span;

/// Calls methods with `@Span` of all kinds of classes, and the same class in two loaders.
public final class ShapesProgram {
  private ShapesProgram() {}

  public static void main(String[] arguments) throws Exception {
    Report report = new Report();
    Shape square = new Square(2);
    square.described();
    Shape.unit();
    try {
      never();
    } catch (UnsatisfiedLinkError e) {
      System.out.println("native");
    }
    report.print("interfaces");
    new Bridged().compare("a", "b");
    compare(new Bridged());
    report.print("bridges");
    countDown(3);
    report.print("recursion");
    Planet.EARTH.mass();
    report.print("enums");
    try {
      deep(0);
    } catch (StackOverflowError e) {
      System.out.println("overflown");
    }
    report.printEnds("overflow");
    square.described();
    report.print("after the overflow");
    URL[] own = {ShapesProgram.class.getProtectionDomain().getCodeSource().getLocation()};
    for (int i = 0; i < 2; i++) {
      try (URLClassLoader loader = new URLClassLoader(own, null)) {
        // It sees neither the annotation nor anything else of this library.
        Class<?> alone = loader.loadClass("micromegas.programs.ShapesProgram$Alone");
        alone.getMethod("call").invoke(null);
      }
    }
    report.print("loaders");
  }

  private interface Shape {
    @Span
    double area();

    @Span
    default String described() {
      return hidden() + area();
    }

    @Span
    private String hidden() {
      return "area ";
    }

    @Span
    static Shape unit() {
      return new Square(1);
    }
  }

  private record Square(double side) implements Shape {
    @Override
    @Span
    public synchronized double area() {
      return side * side;
    }
  }

  @Span
  private static native void never();

  private static void compare(Comparator<String> comparator) {
    comparator.compare("a", "b");
  }

  private static final class Bridged implements Comparator<String> {
    @Override
    @Span
    public int compare(String a, String b) {
      return a.compareTo(b);
    }
  }

  private enum Planet {
    EARTH {
      @Override
      @Span
      double mass() {
        return 5.97e24;
      }
    };

    @Span
    abstract double mass();
  }

  @Span
  private static int countDown(int n) {
    return n == 0 ? 0 : countDown(n - 1);
  }

  @Span
  private static int deep(int n) {
    return n < 0 ? 0 : deep(n + 1) + 1;
  }

  /// For another loader.
  public static final class Alone {
    private Alone() {}

    @Span
    public static void call() {}
  }
}
