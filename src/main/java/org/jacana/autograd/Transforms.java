package org.jacana.autograd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Functions made from functions: derivatives of every kind, and mapping over an axis. They nest in
 * any order, because each is written with the others' language, reverse-mode sweeps that are
 * themselves recorded.
 *
 * <pre>{@code
 * UnaryOperator<Tensor> f = x -> x.sin().sum();
 * Tensor slope = Transforms.grad(f).apply(x);
 * Tensor third = Transforms.grad(Transforms.grad(Transforms.grad(f))).apply(x);  // scalar x
 * Tensor h = Transforms.hessian(f, x);
 * }</pre>
 *
 * <p>Methods ending in {@code All}, and overloads that take lists, are for functions of several
 * tensors. Arguments need not be tracked. Where they are, or where the function uses something else
 * that is tracked, results stay connected to it and can be differentiated again; under {@link
 * Autograd#noGrad()} results are plain numbers and the graph is freed at once. Results belong to
 * the caller's scope, all else is freed.
 *
 * <p>All methods throw {@link IllegalArgumentException} when an argument is not of a float type,
 * when shapes do not fit, or when the function's result is not recorded: a constant is refused, a
 * result that only happens not to depend on an argument has derivatives of zero.
 */
public final class Transforms {
  private Transforms() {}

  /** A function's value and its gradient. */
  public record Valued(Tensor value, Tensor grad) {}

  /** A function's value and its gradients, one for each argument. */
  public record ValuedAll(Tensor value, List<Tensor> grads) {}

  /**
   * A function's value and its pullback, which takes a seed of the value's shape to the seed's
   * product with the Jacobian and may be called often, until the scope in which it was made closes.
   */
  public record Vjp(Tensor value, UnaryOperator<Tensor> pullback) {}

  /** As {@link Vjp}, with one product for each argument. */
  public record VjpAll(Tensor value, Function<Tensor, List<Tensor>> pullback) {}

  /** A function's value and its derivative along the tangents. */
  public record Jvp(Tensor value, Tensor tangent) {}

  private static Function<List<Tensor>, Tensor> list(UnaryOperator<Tensor> f) {
    return xs -> f.apply(xs.get(0));
  }

  /** The gradient of a function with one element as its value. */
  public static UnaryOperator<Tensor> grad(UnaryOperator<Tensor> f) {
    return x -> gradients("grad", list(f), List.of(x), false).grads.get(0);
  }

  /** The gradients of a function with one element as its value. */
  public static UnaryOperator<List<Tensor>> gradAll(Function<List<Tensor>, Tensor> f) {
    return xs -> gradients("grad", f, xs, false).grads;
  }

  /** The value and the gradient of a function with one element as its value. */
  public static Function<Tensor, Valued> valueAndGrad(UnaryOperator<Tensor> f) {
    return x -> {
      ValuedAll v = gradients("valueAndGrad", list(f), List.of(x), true);
      return new Valued(v.value, v.grads.get(0));
    };
  }

  /** The value and the gradients of a function with one element as its value. */
  public static Function<List<Tensor>, ValuedAll> valueAndGradAll(
      Function<List<Tensor>, Tensor> f) {
    return xs -> gradients("valueAndGrad", f, xs, true);
  }

  private static ValuedAll gradients(
      String op, Function<List<Tensor>, Tensor> f, List<Tensor> xs, boolean value) {
    try (Trace t = new Trace(op, f, xs, List.of())) {
      t.requireScalar();
      List<Tensor> grads = t.pull(null, t.connected, t.connected);
      return new ValuedAll(value ? t.keep(t.y) : null, t.keep(grads));
    }
  }

  /**
   * The value of f at x, and its pullback.
   *
   * @throws IllegalStateException if no scope is open, which would own the graph
   */
  public static Vjp vjp(UnaryOperator<Tensor> f, Tensor x) {
    VjpAll all = vjp(list(f), List.of(x));
    return new Vjp(all.value, seed -> all.pullback.apply(seed).get(0));
  }

  /** The value of f at xs, and its pullback. */
  public static VjpAll vjp(Function<List<Tensor>, Tensor> f, List<Tensor> xs) {
    if (Scope.current() == null) {
      throw new IllegalStateException(
          "vjp: the graph needs an owner; open a scope, as in try (Scope s = Scope.open()) {...}");
    }
    try (Trace t = new Trace("vjp", f, xs, List.of())) {
      Tensor y = t.keepGraph();
      Tensor value = t.keep(y);
      List<Tensor> arguments = List.copyOf(t.xs);
      List<Tensor> tracked = xs.stream().filter(Tensor::requiresGrad).toList();
      boolean connected = t.connected;
      return new VjpAll(value, seed -> pull(y, seed, arguments, tracked, connected));
    }
  }

  private static List<Tensor> pull(
      Tensor y, Tensor seed, List<Tensor> xs, List<Tensor> tracked, boolean connected) {
    seed.requireOpen("vjp", 0);
    if (!seed.shape().equals(y.shape()) || !seed.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "vjp: the seed must be float and have the value's shape "
              + y.shape()
              + ", got "
              + seed.dtype()
              + " "
              + seed.shape());
    }
    boolean record = Autograd.recording() && (connected || seed.requiresGrad());
    List<Tensor> out = new ArrayList<>();
    for (Tensor g : Autograd.grad(y, seed, xs, record, true, true)) {
      out.add(record && g.node() == null && !tracked.isEmpty() ? Border.constant(g, tracked) : g);
    }
    return out;
  }

  /**
   * The value of f at x and its derivative along a tangent, the Jacobian's product with it. Costs
   * two reverse sweeps: the pullback is linear in its seed, and the product is its own pullback.
   */
  public static Jvp jvp(UnaryOperator<Tensor> f, Tensor x, Tensor tangent) {
    return jvp(list(f), List.of(x), List.of(tangent));
  }

  /** The value of f at xs and its derivative along the tangents. */
  public static Jvp jvp(Function<List<Tensor>, Tensor> f, List<Tensor> xs, List<Tensor> tangents) {
    Trace.matching("jvp", "tangent", tangents, xs);
    try (Trace t = new Trace("jvp", f, xs, tangents)) {
      Linear linear = new Linear(t);
      Tensor along = linear.apply(Trace.dot(linear.pulled, tangents), t.connected);
      return new Jvp(t.keep(t.y), t.keep(along));
    }
  }

  /** The pullback as a recorded linear function of its seed. */
  static final class Linear {
    private final Tensor seed;
    final List<Tensor> pulled;

    Linear(Trace t) {
      // Its value is never used: the pullback's own derivative does not depend on it.
      seed = Border.argument(t.y.zerosLike(), false);
      pulled = t.pull(seed, true, true);
    }

    /** The derivative of what was pulled, weighted, with respect to the seed. */
    Tensor derivative(Tensor of, Tensor weights, boolean connected) {
      return Autograd.grad(of, weights, List.of(seed), connected, true, true).get(0);
    }

    /** The derivative of a scalar, made from what was pulled, with respect to the seed. */
    Tensor apply(Tensor scalar, boolean connected) {
      return Autograd.grad(scalar, null, List.of(seed), connected, true, true).get(0);
    }
  }

  /** The Hessian of a scalar function times v, without the Hessian. */
  public static Tensor hvp(UnaryOperator<Tensor> f, Tensor x, Tensor v) {
    return hvp(list(f), List.of(x), List.of(v)).get(0);
  }

  /** The Hessian of a scalar function of several tensors times vs. */
  public static List<Tensor> hvp(
      Function<List<Tensor>, Tensor> f, List<Tensor> xs, List<Tensor> vs) {
    Trace.matching("hvp", "vector", vs, xs);
    try (Trace t = new Trace("hvp", f, xs, vs)) {
      t.requireScalar();
      Tensor slope = Trace.dot(t.pull(null, true, true), vs);
      return t.keep(Autograd.grad(slope, null, t.xs, t.connected, t.connected, true));
    }
  }

  /**
   * All derivatives of f's elements by x's elements, by rows (a reverse sweep for each element of
   * the value) or by columns (one for each element of x) whichever are fewer. The sweeps are made
   * many at once, as by {@link #vmap(UnaryOperator)}.
   *
   * @return [value's shape..., x's shape...]
   */
  public static Tensor jacobian(UnaryOperator<Tensor> f, Tensor x) {
    return jacobian(list(f), List.of(x)).get(0);
  }

  /** The Jacobians by each argument, [value's shape..., argument's shape...]. */
  public static List<Tensor> jacobian(Function<List<Tensor>, Tensor> f, List<Tensor> xs) {
    try (Trace t = new Trace("jacobian", f, xs, List.of())) {
      return t.keep(Jacobian.of(t));
    }
  }

  /**
   * All second derivatives of a scalar function.
   *
   * @return [x's shape..., x's shape...]
   */
  public static Tensor hessian(UnaryOperator<Tensor> f, Tensor x) {
    return jacobian(grad(f), x);
  }

  /**
   * The blocks of second derivatives of a scalar function of several tensors.
   *
   * @return at {@code get(i).get(j)} the block [shape of argument i..., shape of argument j...]
   */
  public static List<List<Tensor>> hessian(Function<List<Tensor>, Tensor> f, List<Tensor> xs) {
    List<List<Tensor>> out = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      int row = i;
      out.add(jacobian(x -> gradAll(f).apply(x).get(row), xs));
    }
    return out;
  }

  /** {@link #vmap(UnaryOperator, int, int)} over the first axes. */
  public static UnaryOperator<Tensor> vmap(UnaryOperator<Tensor> f) {
    return vmap(f, 0, 0);
  }

  /**
   * A function that applies f to each part of its argument along an axis and stacks the results;
   * differentiable. f runs once for all parts: inside, a tensor stands for every part, and each
   * operation is done for the whole batch by its own rule. Where that cannot be (f reads numbers
   * out, draws random ones, writes to a tensor, or uses an operation without a rule, such as batch
   * normalisation in training, a checkpoint or a custom operation), f runs anew for each part, and
   * what it did besides may have been done once more than there are parts.
   *
   * @param in the axis of the argument, which f does not see
   * @param out the new axis of the result
   */
  public static UnaryOperator<Tensor> vmap(UnaryOperator<Tensor> f, int in, int out) {
    Function<List<Tensor>, Tensor> all = vmapAll(list(f), new int[] {in}, out);
    return x -> all.apply(List.of(x));
  }

  /** Marks an argument of {@link #vmapAll} that every call sees whole. */
  public static final int WHOLE = Integer.MIN_VALUE;

  /**
   * {@link #vmap(UnaryOperator, int, int)} for a function of several tensors.
   *
   * @param in the axis of each argument, or {@link #WHOLE}; at least one is an axis
   */
  public static Function<List<Tensor>, Tensor> vmapAll(
      Function<List<Tensor>, Tensor> f, int[] in, int out) {
    int[] axes = in.clone();
    if (Arrays.stream(axes).allMatch(a -> a == WHOLE)) {
      throw new IllegalArgumentException("vmap: at least one argument must have an axis");
    }
    return xs -> Mapping.map(f, xs, axes, out);
  }

  /** {@link #checkpoint(Function, List, Generator...)} of a function of one tensor. */
  public static Tensor checkpoint(UnaryOperator<Tensor> f, Tensor x, Generator... generators) {
    return Checkpoint.run(list(f), List.of(x), generators);
  }

  /**
   * The value of f, of which only the arguments are saved: the gradient runs f again and needs
   * memory for f's own steps only then. Tracked tensors that f uses besides its arguments get their
   * gradients too; they must still be open then. All orders of derivatives work.
   *
   * <p>The second run draws the same random numbers from {@link Generator#standard} and the
   * generators named here, and must do the same as the first; batch normalisation in training
   * counts the batch twice in its running statistics.
   *
   * @param generators others than the standard one that f draws from
   */
  public static Tensor checkpoint(
      Function<List<Tensor>, Tensor> f, List<Tensor> xs, Generator... generators) {
    return Checkpoint.run(f, xs, generators);
  }

  /**
   * The gradients of a loss for each example of a batch by itself. The loss sees one example at a
   * time as a batch of one, so a model works as it is; modules that mix examples (batch
   * normalisation in training) see only the one. All examples are done at once where {@link
   * #vmap(UnaryOperator, int, int)} could; the results are plain numbers.
   *
   * @param loss of inputs and targets, one element: {@code (x, y) ->
   *     Losses.crossEntropy(model.apply(x), y)}
   * @param parameters what to differentiate by; tracked
   * @param inputs [N, ...]
   * @param targets [N, ...]
   * @return for each parameter [N, parameter's shape...]
   */
  public static List<Tensor> perExampleGradients(
      BinaryOperator<Tensor> loss, List<Tensor> parameters, Tensor inputs, Tensor targets) {
    return Mapping.perExample(loss, parameters, inputs, targets);
  }
}
