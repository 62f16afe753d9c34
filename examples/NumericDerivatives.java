import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Transforms;
import org.jacana.calculus.CriticalPoint;
import org.jacana.calculus.Estimate;
import org.jacana.calculus.NumericDerivative;
import org.jacana.calculus.NumericIntegral;
import org.jacana.calculus.VectorCalculus;

/** Derivatives and integrals from values alone, and vector calculus, beside the exact answers. */
public class NumericDerivatives {
  public static void main(String[] args) {
    System.out.println("Derivatives");
    show("sin'(1)", NumericDerivative.derivative(Math::sin, 1), Math.cos(1), 1e-12);
    show("log'(0.001)", NumericDerivative.derivative(Math::log, 1e-3), 1000, 1e-6);
    show("(e^x)''' at 1", NumericDerivative.derivative(Math::exp, 1, 3), Math.E, 1e-9);
    show(
        "plain difference, 1e-8",
        new Estimate((Math.sin(1 + 1e-8) - Math.sin(1)) / 1e-8, 1e-8),
        Math.cos(1),
        1e-7);

    System.out.println("Integrals");
    double infinity = Double.POSITIVE_INFINITY;
    show("sin over 0..pi", NumericIntegral.integrate(Math::sin, 0, Math.PI), 2, 1e-12);
    show(
        "the bell curve",
        NumericIntegral.integrate(x -> Math.exp(-x * x / 2), -infinity, infinity),
        Math.sqrt(2 * Math.PI),
        1e-10);

    System.out.println("Rosenbrock's function at (-1.2, 1)");
    double[] p = {-1.2, 1};
    double[] g = NumericDerivative.gradient(NumericDerivatives::rosenbrock, p);
    System.out.printf("  gradient %s, exact [-215.6, -88.0]%n", rounded(g));
    double[][] h = NumericDerivative.hessian(NumericDerivatives::rosenbrock, p);
    System.out.printf(
        "  Hessian %s %s, exact [1330.0, 480.0] [480.0, 200.0]%n", rounded(h[0]), rounded(h[1]));
    require(Math.abs(g[0] + 215.6) < 1e-8 && Math.abs(h[0][0] - 1330) < 1e-6, "Rosenbrock");

    try (Scope scope = Scope.open()) {
      UnaryOperator<Tensor> f = x -> x.sin().mul(x.flip(0)).sum();
      Tensor x = Tensor.of(new double[] {0.4, 1.1, -0.7});
      double[] differences = NumericDerivative.gradient(f, x).doubles();
      double[] autograd = Transforms.grad(f).apply(x).doubles();
      System.out.println("A function of tensors");
      System.out.println("  differences " + rounded(differences));
      System.out.println("  autograd    " + rounded(autograd));
      for (int i = 0; i < 3; i++) {
        require(Math.abs(differences[i] - autograd[i]) < 1e-10, "gradient of tensors");
      }

      System.out.println("Vector calculus at (2, 3, 5)");
      Tensor q = Tensor.of(new double[] {2, 3, 5});
      UnaryOperator<Tensor> field =
          v ->
              Tensor.stack(
                  0, v.at(1).mul(v.at(2)), v.at(0).square(), v.at(0).mul(v.at(1)).mul(v.at(2)));
      double divergence = VectorCalculus.divergence(field, q).item();
      double[] curl = VectorCalculus.curl(field, q).doubles();
      System.out.printf("  divergence of (yz, x^2, xyz)  %s, exact 6.0%n", divergence);
      System.out.printf("  its curl  %s, exact [10.0, -12.0, -1.0]%n", Arrays.toString(curl));
      double laplacian = VectorCalculus.laplacian(v -> v.square().sum(), q).item();
      System.out.printf("  Laplacian of x^2 + y^2 + z^2  %s, exact 6.0%n", laplacian);
      require(divergence == 6 && curl[1] == -12 && laplacian == 6, "vector calculus");

      System.out.println("Critical points of x^3 - 3x + y^2");
      UnaryOperator<Tensor> bowl = v -> v.at(0).pow(3).sub(v.at(0).mul(3)).add(v.at(1).square());
      var low = CriticalPoint.classify(bowl, Tensor.of(new double[] {1, 0}));
      var pass = CriticalPoint.classify(bowl, Tensor.of(new double[] {-1, 0}));
      System.out.printf("  (1, 0)   %s, expected MINIMUM%n", low.kind());
      System.out.printf("  (-1, 0)  %s, expected SADDLE%n", pass.kind());
      require(low.kind() == CriticalPoint.Kind.MINIMUM, "(1, 0)");
      require(pass.kind() == CriticalPoint.Kind.SADDLE, "(-1, 0)");
    }
  }

  /** (1 - x)^2 + 100 (y - x^2)^2. */
  static double rosenbrock(double[] p) {
    return Math.pow(1 - p[0], 2) + 100 * Math.pow(p[1] - p[0] * p[0], 2);
  }

  static String rounded(double[] v) {
    return Arrays.toString(Arrays.stream(v).map(d -> Math.rint(d * 1e6) / 1e6).toArray());
  }

  static void show(String what, Estimate found, double exact, double tolerance) {
    System.out.printf(
        Locale.ROOT,
        "  %-24s %.12f  estimated error %.0e  exact %.12f%n",
        what,
        found.value(),
        found.error(),
        exact);
    require(Math.abs(found.value() - exact) <= tolerance, what);
  }

  static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what + ": not as expected");
    }
  }
}
