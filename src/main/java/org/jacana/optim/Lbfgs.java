package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.minimize.LimitedMemory;
import org.jacana.optim.minimize.StrongWolfe;

/**
 * Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4) with a strong-Wolfe line search, c1
 * = 1e-4 and c2 = 0.9; otherwise as PyTorch's LBFGS: the first step is tried with length rate
 * min(1, 1 / |g|_1), later ones with rate; a pair with s y <= 1e-10 is not remembered; the inverse
 * Hessian starts from s y / (y y). For losses without noise, of up to some millions of weights: the
 * vectors are doubles on the host, and each evaluation of the loss waits for the device.
 */
public final class Lbfgs {
  private final Flat flat;
  private double rate = 1;
  private int history = 10;
  private int iterations = 20;
  private int evaluations = 25;
  private double gradientTolerance = 1e-7;
  private double changeTolerance = 1e-9;
  private final LimitedMemory pairs = new LimitedMemory();

  private Lbfgs(List<Tensor> parameters) {
    flat = new Flat("lbfgs", parameters);
  }

  /**
   * Rate 1, history 10, up to 20 iterations a step with up to 25 evaluations each.
   *
   * @throws IllegalArgumentException if a parameter is not a leaf that requires a gradient
   */
  public static Lbfgs of(List<Tensor> parameters) {
    return new Lbfgs(parameters);
  }

  private static int positive(String what, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("lbfgs: " + what + " must be at least 1, got " + value);
    }
    return value;
  }

  private static double notNegative(String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "lbfgs: " + what + " must be finite and not negative, got " + value);
    }
    return value;
  }

  /** The first length tried in a line search, positive. */
  public Lbfgs learningRate(double rate) {
    if (notNegative("learning rate", rate) == 0) {
      throw new IllegalArgumentException("lbfgs: learning rate must be above 0, got " + rate);
    }
    this.rate = rate;
    return this;
  }

  /** How many pairs of changes are remembered, at least 1. */
  public Lbfgs history(int pairs) {
    history = positive("history", pairs);
    return this;
  }

  /** Iterations of a step, and evaluations of the loss in each line search, at least 1. */
  public Lbfgs iterations(int iterations, int evaluations) {
    this.iterations = positive("iterations", iterations);
    this.evaluations = positive("evaluations", evaluations);
    return this;
  }

  /**
   * A step ends when no gradient is larger than the first, or no weight or the loss changed by more
   * than the second; 1e-7 and 1e-9.
   */
  public Lbfgs tolerances(double gradient, double change) {
    gradientTolerance = notNegative("gradient tolerance", gradient);
    changeTolerance = notNegative("change tolerance", change);
    return this;
  }

  /** Forgets the remembered pairs, when the loss has become another function. */
  public void reset() {
    pairs.clear();
  }

  /** The options and the remembered pairs, as F64 tensors of the innermost scope. */
  public Optimizer.State state() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    List<LimitedMemory.Pair> known = pairs.pairs();
    for (int i = 0; i < known.size(); i++) {
      tensors.put(i + ".s", Tensor.of(known.get(i).s(), flat.size));
      tensors.put(i + ".y", Tensor.of(known.get(i).y(), flat.size));
    }
    Map<String, Double> scalars = new LinkedHashMap<>();
    scalars.put("learning_rate", rate);
    scalars.put("history", (double) history);
    scalars.put("iterations", (double) iterations);
    scalars.put("evaluations", (double) evaluations);
    scalars.put("gradient_tolerance", gradientTolerance);
    scalars.put("change_tolerance", changeTolerance);
    scalars.put("pairs", (double) known.size());
    return new Optimizer.State(tensors, scalars);
  }

  /**
   * Continues from a saved state; nothing changes when it does not fit.
   *
   * @throws IllegalArgumentException if it is another optimizer's, or of other parameters
   */
  public void load(Optimizer.State state) {
    Map<String, Double> numbers = state.scalars();
    States.requireKeys(
        "lbfgs",
        numbers,
        "learning_rate",
        "history",
        "iterations",
        "evaluations",
        "gradient_tolerance",
        "change_tolerance",
        "pairs");
    Lbfgs next = new Lbfgs(flat.parameters);
    next.learningRate(numbers.get("learning_rate"));
    next.history((int) States.whole("lbfgs", numbers, "history"));
    next.iterations(
        (int) States.whole("lbfgs", numbers, "iterations"),
        (int) States.whole("lbfgs", numbers, "evaluations"));
    next.tolerances(numbers.get("gradient_tolerance"), numbers.get("change_tolerance"));
    long n = States.whole("lbfgs", numbers, "pairs");
    if (n > next.history || state.tensors().size() != 2 * n) {
      throw new IllegalArgumentException(
          "lbfgs: the state must have s and y of up to "
              + next.history
              + " pairs, got "
              + state.tensors().keySet()
              + " for "
              + n);
    }
    for (int i = 0; i < n; i++) {
      double[] s = vector(state.tensors(), i + ".s");
      double[] y = vector(state.tensors(), i + ".y");
      if (!next.pairs.add(s, y, 1e-10, next.history)) {
        throw new IllegalArgumentException(
            "lbfgs: the state's pair " + i + " has s y = " + Flat.dot(s, y));
      }
    }
    rate = next.rate;
    history = next.history;
    iterations = next.iterations;
    evaluations = next.evaluations;
    gradientTolerance = next.gradientTolerance;
    changeTolerance = next.changeTolerance;
    pairs.restore(next.pairs.pairs());
  }

  private double[] vector(Map<String, Tensor> tensors, String name) {
    Tensor t = tensors.get(name);
    if (t == null || t.rank() != 1 || t.size() != flat.size || !t.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "lbfgs: the state's '"
              + name
              + "' must be a float vector of "
              + flat.size
              + " elements, got "
              + (t == null ? "none" : t.dtype() + " " + t.shape())
              + "; it belongs to other parameters");
    }
    return t.doubles();
  }

  private StrongWolfe.Point evaluate(
      Supplier<Tensor> loss, double[] from, double[] direction, double t) {
    if (t != 0) {
      flat.write(Flat.along(from, t, direction));
    }
    try (Scope scope = Scope.open()) {
      Tensor y = loss.get();
      List<Tensor> gs = Autograd.grad(y, null, flat.parameters, false, false, true);
      double[] g = flat.read(gs);
      return new StrongWolfe.Point(t, y.item(), g, Flat.dot(g, direction));
    }
  }

  /**
   * Iterates until a tolerance or the number of iterations is reached.
   *
   * @param loss computes the same scalar function of the parameters each time it is called
   * @return the loss before the step
   * @throws ArithmeticException if that is not finite; the parameters are as before then, and
   *     whenever the loss throws
   */
  public double step(Supplier<Tensor> loss) {
    List<LimitedMemory.Pair> before = pairs.pairs();
    try {
      return flat.orRestore(() -> iterate(loss));
    } catch (RuntimeException | Error e) {
      pairs.restore(before);
      throw e;
    }
  }

  private double iterate(Supplier<Tensor> loss) {
    double[] w = flat.read();
    StrongWolfe.Point here = evaluate(loss, w, new double[flat.size], 0);
    double first = flat.finite(here.loss());
    for (int n = 0; n < iterations; n++) {
      double[] g = here.gradient();
      if (largest(g) <= gradientTolerance) {
        break;
      }
      double[] d = pairs.direction(g);
      double slope = Flat.dot(g, d);
      if (!(slope < 0)) {
        pairs.clear();
        d = Flat.along(new double[g.length], -1, g);
        slope = -Flat.dot(g, g);
      }
      double sum = 0;
      for (double v : g) {
        sum += Math.abs(v);
      }
      double t = pairs.isEmpty() ? Math.min(1, 1 / sum) * rate : rate;
      StrongWolfe.Point start = new StrongWolfe.Point(0, here.loss(), g, slope);
      double[] from = w;
      double[] along = d;
      StrongWolfe.Point next =
          StrongWolfe.search(x -> evaluate(loss, from, along, x), start, t, evaluations);
      flat.write(Flat.along(from, next.t(), along));
      if (next.t() == 0) {
        break;
      }
      double[] moved = flat.read();
      double[] s = Flat.along(moved, -1, from);
      double[] y = Flat.along(next.gradient(), -1, g);
      pairs.add(s, y, 1e-10, history);
      double change = Math.abs(next.loss() - here.loss());
      w = moved;
      here = next;
      if (largest(s) <= changeTolerance || change < changeTolerance) {
        break;
      }
    }
    return first;
  }

  private static double largest(double[] v) {
    double most = 0;
    for (double x : v) {
      most = Math.max(most, Math.abs(x));
    }
    return most;
  }
}
