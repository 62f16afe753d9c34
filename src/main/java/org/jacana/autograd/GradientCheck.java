package org.jacana.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Compares a function's derivatives with central differences, in float64.
 *
 * <p>Order 1 checks every element of the gradient of {@code sum(v f(x))} with fixed random weights
 * v; order n + 1 does the same for the function {@code x -> sum(u h(x))}, h being the gradient of
 * order n of {@code sum(v (f + f f / 8))}, which also differentiates what rules do with g. Every
 * gradient is taken twice, with the sweep recorded and not, because fused gradient kernels run only
 * when it is not; both must agree with the differences and with each other.
 *
 * <pre>{@code
 * GradientCheck.check(x -> x[0].matmul(x[1]).tanh(), a, b);
 * GradientCheck.of(x -> x[0].exp()).order(3).check(a);
 * }</pre>
 *
 * Leaves no tensors behind. Immutable.
 */
public final class GradientCheck {
  private final Function<Tensor[], Tensor> f;
  private final int order;
  private final double absolute;
  private final double relative;
  private final double step;

  private GradientCheck(
      Function<Tensor[], Tensor> f, int order, double absolute, double relative, double step) {
    this.f = f;
    this.order = order;
    this.absolute = absolute;
    this.relative = relative;
    this.step = step;
  }

  /** A derivative that differs from the difference quotient. */
  public static final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int order;
    private final int input;
    private final int[] element;
    private final double exact;
    private final double numeric;

    Failure(int order, int input, int[] element, double exact, double numeric, String what) {
      super(
          String.format(
              Locale.ROOT,
              "gradient check: order %d, input %d, element %s: the rule gives %.17g but %s %.17g",
              order,
              input,
              Arrays.toString(element),
              exact,
              what,
              numeric));
      this.order = order;
      this.input = input;
      this.element = element;
      this.exact = exact;
      this.numeric = numeric;
    }

    /** The order of the derivative that is wrong; lower orders are right. */
    public int order() {
      return order;
    }

    /** The position of the input. */
    public int input() {
      return input;
    }

    /** The coordinates in the input. */
    public int[] element() {
      return element.clone();
    }

    /** What differentiation gives. */
    public double exact() {
      return exact;
    }

    /** What it was compared with. */
    public double numeric() {
      return numeric;
    }
  }

  /** Checks to second order with the standard tolerances. */
  public static void check(Function<Tensor[], Tensor> f, Tensor... inputs) {
    of(f).check(inputs);
  }

  /** Second order, step 1e-5, |exact - numeric| at most 1e-7 + 1e-6 |numeric|. */
  public static GradientCheck of(Function<Tensor[], Tensor> f) {
    return new GradientCheck(f, 2, 1e-7, 1e-6, 1e-5);
  }

  /** The highest order to check, at least 1. */
  public GradientCheck order(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("gradient check: order must be at least 1, got " + n);
    }
    return new GradientCheck(f, n, absolute, relative, step);
  }

  public GradientCheck tolerance(double absolute, double relative) {
    return new GradientCheck(f, order, absolute, relative, step);
  }

  /** Half the distance of the two points of a difference quotient. */
  public GradientCheck step(double h) {
    return new GradientCheck(f, order, absolute, relative, h);
  }

  /**
   * Checks at these inputs; those of integer types are constants. The function sees copies with the
   * inputs' layouts, and must depend on nothing but them.
   *
   * @param inputs float inputs must be F64
   * @throws Failure naming the first derivative that is wrong
   * @throws IllegalArgumentException if an input is float but not F64, or there is none
   */
  public void check(Tensor... inputs) {
    if (inputs.length == 0) {
      throw new IllegalArgumentException("gradient check: needs at least one input");
    }
    for (int i = 0; i < inputs.length; i++) {
      inputs[i].requireOpen("gradient check", i);
      if (inputs[i].dtype().isFloat() && inputs[i].dtype() != DType.F64) {
        throw new IllegalArgumentException(
            "gradient check: float inputs must be F64, input "
                + i
                + " is "
                + inputs[i].dtype()
                + "; cast with to(DType.F64)");
      }
    }
    Function<Tensor[], Tensor> g = f;
    for (int n = 1; n <= order; n++) {
      check(g, n, inputs);
      g = next(g, n);
    }
  }

  /** x -> sum over inputs of sum(u grad), the gradient being that of sum(v (g + g g / 8)). */
  private static Function<Tensor[], Tensor> next(Function<Tensor[], Tensor> g, int n) {
    return xs -> {
      List<Tensor> leaves = floats(xs);
      Tensor y = g.apply(xs);
      // Weights that depend on y, or rules of linear operations would not be differentiated.
      Tensor seed = weights(y, n).mul(y.mul(0.25).add(1));
      List<Tensor> grads = Autograd.grad(y, seed, leaves, true, true, true);
      Tensor sum = Tensor.full(DType.F64, 0);
      for (int i = 0; i < grads.size(); i++) {
        sum = sum.add(grads.get(i).mul(weights(grads.get(i), 31 * n + i + 1)).sum());
      }
      return sum;
    };
  }

  private static List<Tensor> floats(Tensor[] xs) {
    List<Tensor> out = new ArrayList<>();
    for (Tensor x : xs) {
      if (x.dtype().isFloat()) {
        out.add(x);
      }
    }
    return out;
  }

  /** Random numbers in +-[0.5, 1.5], the same for the same shape and key. */
  private static Tensor weights(Tensor like, int key) {
    Random random = new Random(0x5eed + key);
    double[] v = new double[Math.toIntExact(like.size())];
    Arrays.setAll(v, i -> (random.nextBoolean() ? 1 : -1) * (0.5 + random.nextDouble()));
    return Tensor.of(v, v.length).reshape(like.shape());
  }

  private void check(Function<Tensor[], Tensor> g, int n, Tensor[] inputs) {
    double[][] recorded = gradients(g, n, inputs, true);
    double[][] plain = gradients(g, n, inputs, false);
    int k = 0;
    for (int i = 0; i < inputs.length; i++) {
      if (!inputs[i].dtype().isFloat()) {
        continue;
      }
      double[] x = inputs[i].doubles();
      for (int e = 0; e < x.length; e++) {
        double at = x[e];
        double high = at + step;
        double low = at - step;
        x[e] = high;
        double[] up = values(g, n, inputs, i, x);
        x[e] = low;
        double[] down = values(g, n, inputs, i, x);
        x[e] = at;
        double sum = 0;
        for (int j = 0; j < up.length; j++) {
          sum += up[j] - down[j];
        }
        double numeric = sum / (high - low);
        require(n, i, inputs[i], e, plain[k][e], numeric, "the difference quotient is");
        require(n, i, inputs[i], e, recorded[k][e], numeric, "the difference quotient is");
        require(n, i, inputs[i], e, recorded[k][e], plain[k][e], "without recording it gives");
      }
      k++;
    }
  }

  private void require(
      int n, int input, Tensor x, int e, double exact, double numeric, String what) {
    if (Math.abs(exact - numeric) <= absolute + relative * Math.abs(numeric)) {
      return;
    }
    int[] at = x.shape().dims();
    for (int a = at.length - 1; a >= 0; a--) {
      int d = at[a];
      at[a] = e % d;
      e /= d;
    }
    throw new Failure(n, input, at, exact, numeric, what);
  }

  private static double[][] gradients(
      Function<Tensor[], Tensor> g, int n, Tensor[] inputs, boolean record) {
    try (Scope s = Scope.open(inputs[0].device());
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor[] xs = leaves(inputs);
      Tensor y = g.apply(xs);
      List<Tensor> wanted = floats(xs);
      List<Tensor> found = Autograd.grad(y, weights(y, n), wanted, record, record, true);
      double[][] out = new double[found.size()][];
      for (int i = 0; i < out.length; i++) {
        Tensor x = wanted.get(i);
        Tensor dx = found.get(i);
        if (!dx.shape().equals(x.shape()) || dx.dtype() != DType.F64) {
          throw new IllegalStateException(
              "gradient check: order "
                  + n
                  + ": the gradient of "
                  + x.dtype()
                  + " "
                  + x.shape()
                  + " is "
                  + dx.dtype()
                  + " "
                  + dx.shape());
        }
        out[i] = dx.doubles();
      }
      return out;
    }
  }

  private static Tensor[] leaves(Tensor[] inputs) {
    Tensor[] xs = new Tensor[inputs.length];
    for (int i = 0; i < xs.length; i++) {
      xs[i] = inputs[i].detach();
      if (xs[i].dtype().isFloat()) {
        xs[i].requiresGrad(true);
      }
    }
    return xs;
  }

  /** The function's weighted values with input {@code i} replaced. */
  private static double[] values(
      Function<Tensor[], Tensor> g, int n, Tensor[] inputs, int i, double[] x) {
    try (Scope s = Scope.open(inputs[0].device());
        Autograd.Mode on = Autograd.enableGrad()) {
      Tensor[] xs = leaves(inputs);
      xs[i] = Tensor.of(x, x.length).reshape(inputs[i].shape()).requiresGrad(true);
      Tensor y = g.apply(xs);
      double[] out = y.doubles();
      double[] v = weights(y, n).doubles();
      for (int j = 0; j < out.length; j++) {
        out[j] *= v[j];
      }
      return out;
    }
  }
}
