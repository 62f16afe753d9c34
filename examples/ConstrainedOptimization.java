import java.util.Arrays;
import java.util.Locale;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.optim.minimize.Constrained;
import org.jacana.optim.minimize.ConstrainedMinimum;
import org.jacana.optim.minimize.Minimize;
import org.jacana.optim.minimize.Minimum;
import org.jacana.optim.minimize.Projection;
import org.jacana.optim.minimize.QuadraticProgram;

/** Lagrange multipliers, the conditions of Karush, Kuhn and Tucker, projections. */
public class ConstrainedOptimization {
  public static void main(String[] args) {
    lagrange();
    hockSchittkowski();
    quadratic();
    simplex();
  }

  /** The largest xyz on the sphere x^2 + y^2 + z^2 = 3. */
  private static void lagrange() {
    ConstrainedMinimum m =
        Constrained.of(x -> x.prod().neg()).equality(x -> x.square().sum().sub(3)).from(0.5, 1, 2);
    System.out.println("Minimise -xyz on x^2 + y^2 + z^2 = 3: " + m);
    print("x", m.x(), "(1, 1, 1)");
    print("lambda", m.equality(), "1/2, from -yz + 2 lambda x = 0");
    double more =
        Constrained.of(x -> x.prod().neg())
            .equality(x -> x.square().sum().sub(3.001))
            .from(1, 1, 1)
            .value();
    System.out.printf(
        Locale.ROOT,
        "  the value falls by %.6f per unit of the constraint, lambda is that rate%n%n",
        (m.value() - more) / 0.001);
  }

  /** Number 71 of Hock and Schittkowski (1981). */
  private static void hockSchittkowski() {
    ConstrainedMinimum m =
        Constrained.of(
                x -> {
                  Tensor three = x.slice(0, 0, 3).sum();
                  return x.select(0, 0).mul(x.select(0, 3)).mul(three).add(x.select(0, 2));
                })
            .equality(x -> x.square().sum().sub(40))
            .inequality(x -> x.prod().rsub(25))
            .bounds(new double[] {1}, new double[] {5})
            .from(1, 5, 5, 1);
    System.out.println("Hock and Schittkowski 71: " + m);
    System.out.printf(Locale.ROOT, "  %-10s %.7f  known 17.0140173%n", "f", m.value());
    print("x", m.x(), "(1, 4.7429996, 3.8211500, 1.3794083)");
    print("lambda", m.equality(), "0.1614686");
    print("mu", m.inequality(), "0.5522937, then 1.0878712 for x1 >= 1, else 0");
    System.out.println("  " + m.kkt() + "\n");
  }

  /** Nocedal and Wright 2006, example 16.2. */
  private static void quadratic() {
    try (Scope scope = Scope.open()) {
      QuadraticProgram.Solution q =
          QuadraticProgram.solve(
              Tensor.of(new double[] {6, 2, 1, 2, 5, 2, 1, 2, 4}, 3, 3),
              Tensor.of(new double[] {-8, -3, -3}),
              Tensor.of(new double[] {1, 0, 1, 0, 1, 1}, 2, 3),
              Tensor.of(new double[] {3, 0}));
      System.out.println("A quadratic programme with two equations, in closed form");
      print("x", q.x(), "(2, -1, 1)");
      print("lambda", q.multipliers(), "(-3, 2)");
      System.out.println();
    }
  }

  /** The nearest probabilities to a vector: what a projection gives, found by iteration. */
  private static void simplex() {
    double[] c = {0.8, 0.6, -1};
    Projection simplex = Projection.simplex(1);
    Minimum m =
        Minimize.of(x -> x.sub(Tensor.of(c)).square().sum())
            .within(simplex)
            .from(1.0 / 3, 1.0 / 3, 1.0 / 3);
    System.out.println("The nearest point of the simplex to (0.8, 0.6, -1): " + m);
    print("x", m.x(), "(0.6, 0.4, 0)");
    print("projected", simplex.of(c), "the same");
  }

  private static void print(String what, double[] values, String known) {
    String[] text =
        Arrays.stream(values)
            .mapToObj(v -> String.format(Locale.ROOT, "%.7f", v))
            .toArray(String[]::new);
    System.out.printf(Locale.ROOT, "  %-10s %s  known %s%n", what, String.join(" ", text), known);
  }
}
