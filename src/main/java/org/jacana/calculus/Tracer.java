package org.jacana.calculus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Watch;

/**
 * Turns a function written with tensor operations into expressions: the very function that is
 * trained can be looked at, simplified and differentiated by hand's rules.
 *
 * <pre>{@code
 * Expr f = Tracer.trace(x -> x.square().mul(x.sin()), "x");       // x^2*sin(x)
 * ExprArray p = Tracer.trace(z -> z.softmax(0), "z", 2);          // in z1 and z2
 * }</pre>
 *
 * <p>The function runs twice, on different float64 numbers, and every operation is replayed on
 * expressions in the places of the elements: pointwise operations, reductions, products of matrices
 * and everything that moves elements. Tensors that the function captures are constants. A detached
 * value stays one, as detach(...). Expressions stand for finite numbers: isNaN and isInf are false.
 *
 * <p>All methods throw {@link IllegalArgumentException} naming an operation that has no rule, and
 * where the function reads numbers out or does different things in its two runs; and {@link
 * IllegalStateException} where the expressions do not give the function's values.
 */
public final class Tracer {
  private Tracer() {}

  /**
   * A tensor that the function gets.
   *
   * @param name of its variable; elements of a vector are name1, name2, ..., of a matrix name1_1,
   *     name1_2, ...
   * @param shape no extents for a scalar
   */
  public record Argument(String name, Shape shape) {
    public static Argument of(String name, int... shape) {
      return new Argument(name, Shape.of(shape));
    }

    /** The variables, row-major. */
    public List<Expr> variables() {
      List<Expr> out = new ArrayList<>();
      int n = Math.toIntExact(shape.size());
      for (int i = 0; i < n; i++) {
        StringBuilder s = new StringBuilder();
        int rest = i;
        for (int a = shape.rank() - 1; a >= 0; a--) {
          s.insert(0, (a == 0 ? "" : "_") + (rest % shape.dim(a) + 1));
          rest /= shape.dim(a);
        }
        out.add(Expr.variable(name + s));
      }
      return out;
    }

    /** The variables' names, row-major. */
    public String[] names() {
      return variables().stream().map(Expr::toString).toArray(String[]::new);
    }
  }

  /** A function of a scalar whose value has one element. */
  public static Expr trace(UnaryOperator<Tensor> f, String name) {
    ExprArray y = trace(f, name, new int[0]);
    if (y.elements().size() != 1) {
      throw new IllegalArgumentException(
          "trace: the function must give one element, got " + y.shape());
    }
    return y.elements().get(0);
  }

  /** A function of one tensor. */
  public static ExprArray trace(UnaryOperator<Tensor> f, String name, int... shape) {
    return trace(xs -> f.apply(xs.get(0)), Argument.of(name, shape));
  }

  /** A function of several tensors. */
  public static ExprArray trace(Function<List<Tensor>, Tensor> f, Argument... arguments) {
    Run first = run(f, arguments, false);
    Run second = run(f, arguments, true);
    if (!first.value.equals(second.value)) {
      throw new IllegalArgumentException(
          "trace: the function does different things for different numbers (a branch on values,"
              + " positions such as argmax, or random numbers), so no one expression is equal to"
              + " it; use where() for branches");
    }
    check(first, arguments);
    check(second, arguments);
    return first.value;
  }

  private record Run(double[] at, ExprArray value, double[] numbers) {}

  private static Run run(Function<List<Tensor>, Tensor> f, Argument[] arguments, boolean other) {
    int n = Arrays.stream(arguments).mapToInt(a -> Math.toIntExact(a.shape().size())).sum();
    double[] at = new double[n];
    // Increasing, and decreasing from positive to negative: orders and signs differ.
    Arrays.setAll(
        at, i -> other ? 0.95 - 1.8 * (i + 0.61) / (n + 0.1) : 0.3 + 0.6 * (i + 0.37) / (n + 1));
    try (Scope s = Scope.open();
        Recording recording = new Recording();
        Autograd.Mode on = Autograd.enableGrad()) {
      List<Tensor> xs = new ArrayList<>();
      int from = 0;
      for (Argument a : arguments) {
        int size = Math.toIntExact(a.shape().size());
        double[] values = Arrays.copyOfRange(at, from, from + size);
        Tensor x = Tensor.of(values, 0 == a.shape().rank() ? new int[] {1} : a.shape().dims());
        x = x.reshape(a.shape()).requiresGrad(true);
        recording.put(x, a.variables().toArray(new Expr[0]));
        xs.add(x);
        from += size;
      }
      Tensor y;
      try (Autograd.Mode watching = Watch.observe(recording)) {
        y = f.apply(xs);
      }
      if (y == null) {
        throw new IllegalArgumentException("trace: the function returned null");
      }
      y.requireOpen("trace: the function's result", 0);
      ExprArray value = new ExprArray(y.shape(), List.of(recording.get("result", y, true)));
      for (Expr e : value.elements()) {
        if (e instanceof Constant c && c.isInfinite()) {
          throw new IllegalArgumentException("trace: the function's value is " + c.value);
        }
      }
      return new Run(at, value, y.doubles());
    }
  }

  private static void check(Run run, Argument[] arguments) {
    List<String> names = new ArrayList<>();
    for (Argument a : arguments) {
      names.addAll(List.of(a.names()));
    }
    double[] found = new Program(run.value.elements(), names).run(run.at);
    for (int i = 0; i < found.length; i++) {
      double expected = run.numbers[i];
      boolean close = Math.abs(found[i] - expected) <= 1e-5 * Math.max(1, Math.abs(expected));
      // Outside of its domain a function has no value that could be compared.
      if (!close && Double.isFinite(expected)) {
        throw new IllegalStateException(
            "trace: element "
                + i
                + " of the expressions is "
                + found[i]
                + " where the function gives "
                + expected
                + "; a tensor was changed in place, or computed where no operation is seen");
      }
    }
  }
}
