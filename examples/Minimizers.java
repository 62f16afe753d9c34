import java.util.List;
import java.util.Locale;
import org.jacana.optim.minimize.LineSearch;
import org.jacana.optim.minimize.Method;
import org.jacana.optim.minimize.Minimize;
import org.jacana.optim.minimize.Minimum;
import org.jacana.optim.minimize.TestFunctions;

/**
 * Methods of minimisation on test functions with known minima: iterations, evaluations of the
 * value, the gradient and the Hessian, and how far from the nearest minimum they end. Then the rate
 * of gradient descent on a bowl, beside the theory's.
 */
public class Minimizers {
  public static void main(String[] args) {
    List<Method> methods =
        List.of(
            Method.gradientDescent(),
            Method.accelerated(),
            Method.conjugateGradient(),
            Method.bfgs(),
            Method.lbfgs(),
            Method.newton(),
            Method.trustRegion(),
            Method.newtonCg(),
            Method.nelderMead());
    List<TestFunctions> functions =
        List.of(
            TestFunctions.booth(),
            TestFunctions.himmelblau(),
            TestFunctions.beale(),
            TestFunctions.rosenbrock(2),
            TestFunctions.bowl(10, 1000));
    for (TestFunctions f : functions) {
      System.out.printf(Locale.ROOT, "%n%s, least value %.0f%n", f.name(), f.value());
      System.out.printf(
          Locale.ROOT,
          "  %-34s %10s %7s %9s %8s %9s  %s%n",
          "method",
          "iterations",
          "values",
          "gradients",
          "Hessians",
          "distance",
          "end");
      for (Method method : methods) {
        Minimum m = Minimize.of(f.f()).method(method).maxIterations(2000).from(f.start());
        System.out.printf(
            Locale.ROOT,
            "  %-34s %10d %7d %9d %8d %9.1e  %s%n",
            method.name(),
            m.iterations(),
            m.evaluations().functions(),
            m.evaluations().gradients(),
            m.evaluations().hessians(),
            f.distance(m.x()),
            m.reason());
      }
    }

    System.out.println("\nHimmelblau's four minima, by where one starts");
    double[][] starts = {{4, 3}, {-3, 3}, {-4, -4}, {4, -2}};
    TestFunctions himmelblau = TestFunctions.himmelblau();
    for (int i = 0; i < starts.length; i++) {
      Minimum m = Minimize.of(himmelblau.f()).from(starts[i]);
      double[] known = himmelblau.minima()[i];
      System.out.printf(
          Locale.ROOT,
          "  (%9.6f, %9.6f)  known (%9.6f, %9.6f)%n",
          m.x()[0],
          m.x()[1],
          known[0],
          known[1]);
    }

    System.out.println("\nGradient descent with exact steps: the factor of each step on a bowl");
    for (double k : new double[] {2, 10, 100}) {
      TestFunctions bowl = TestFunctions.bowl(2, k);
      Minimum m =
          Minimize.of(bowl.f())
              .method(Method.gradientDescent(LineSearch.exact()))
              .maxIterations(10)
              .recordPath()
              .from(bowl.start());
      double[] x = m.trajectory().coordinate(0);
      System.out.printf(
          Locale.ROOT,
          "  condition %4.0f: %.9f, (k - 1) / (k + 1) = %.9f%n",
          k,
          x[10] / x[9],
          (k - 1) / (k + 1));
    }
  }
}
