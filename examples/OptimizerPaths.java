import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.minimize.Method;
import org.jacana.optim.minimize.Minimize;
import org.jacana.optim.minimize.Minimum;
import org.jacana.optim.minimize.TestFunctions;
import org.jacana.plot.Chart;
import org.jacana.plot.FieldChart;
import org.jacana.plot.Picture;

/**
 * The ways of several methods over two test functions whose minima are known, as pictures: contours
 * with paths, and how fast the value falls. The first argument that is not an option names their
 * folder; without one nothing is written.
 */
public class OptimizerPaths {
  public static void main(String[] args) throws IOException {
    boolean quick = List.of(args).contains("--short");
    String name = List.of(args).stream().filter(a -> !a.startsWith("-")).findFirst().orElse(null);
    Path folder = name == null ? null : Path.of(name);
    int n = quick ? 12 : 150;
    int iterations = quick ? 150 : 1500;
    draw(TestFunctions.rosenbrock(2), axis(-1.8, 1.6, n), axis(-0.8, 2, n), iterations, folder);
    draw(TestFunctions.himmelblau(), axis(-5, 5, n), axis(-5, 5, n), iterations, folder);
  }

  private static void draw(TestFunctions f, double[] x, double[] y, int iterations, Path folder)
      throws IOException {
    FieldChart ways = FieldChart.of(f.name(), x, y, (a, b) -> value(f, a, b)).byRank();
    Chart values = new Chart(f.name() + "'s function", "iteration", "value").logX().logY();
    Map<String, Method> methods =
        new TreeMap<>(
            Map.of(
                "gradient descent", Method.gradientDescent(),
                "momentum", Method.momentum(2e-4, 0.9),
                "Newton", Method.newton(),
                "BFGS", Method.bfgs(),
                "Nelder-Mead", Method.nelderMead()));
    System.out.printf("%s, least value expected %.1f%n", f.name(), f.value());
    methods.forEach(
        (label, method) -> {
          Minimum m =
              Minimize.of(f.f())
                  .method(method)
                  .maxIterations(iterations)
                  .recordPath()
                  .from(f.start());
          System.out.printf(
              "%-17s %5d iterations, value %.2g at (%.5f, %.5f)%n",
              label, m.iterations(), m.value(), m.x()[0], m.x()[1]);
          double[][] points = m.trajectory().points();
          ways.path(label, points);
          double[] at = new double[points.length];
          double[] height = new double[points.length];
          for (int i = 0; i < at.length; i++) {
            at[i] = i + 1;
            // A value of zero has no logarithm; there the curve ends.
            double v = value(f, points[i][0], points[i][1]) - f.value();
            height[i] = v > 1e-30 ? v : Double.NaN;
          }
          values.line(label, at, height);
          if (label.equals("BFGS") && nearest(f, m.x()) > 1e-5) {
            throw new IllegalStateException(f.name() + ": BFGS did not find a minimum");
          }
        });
    ways.marks(f.minima().length == 1 ? "minimum" : "minima", f.minima());
    save(folder, f.name() + "-paths", ways.values("value").picture());
    save(folder, f.name() + "-values", values.picture());
  }

  private static double nearest(TestFunctions f, double[] x) {
    return Arrays.stream(f.minima())
        .mapToDouble(m -> Math.hypot(m[0] - x[0], m[1] - x[1]))
        .min()
        .getAsDouble();
  }

  private static double value(TestFunctions f, double a, double b) {
    try (Scope scope = Scope.open();
        var off = Autograd.noGrad()) {
      return f.f().apply(Tensor.of(new double[] {a, b})).item();
    }
  }

  private static double[] axis(double low, double high, int n) {
    double[] out = new double[n];
    Arrays.setAll(out, i -> low + (high - low) * i / (n - 1));
    return out;
  }

  private static void save(Path folder, String name, Picture picture) throws IOException {
    if (folder != null) {
      System.out.println(picture.save(folder.resolve(name + ".png")));
    }
  }
}
