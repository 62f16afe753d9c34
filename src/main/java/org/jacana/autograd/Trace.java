package org.jacana.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * One run of a function for a transform: its arguments marked, its result checked, and whether what
 * is derived from it is itself part of a graph outside. Everything made belongs to a scope that
 * closes with this.
 */
final class Trace implements AutoCloseable {
  private final String op;
  private final List<Tensor> given;
  private final boolean outside = Autograd.recording();
  private final boolean tracked;
  private final Scope scope;
  private final Autograd.Mode mode;
  final List<Tensor> xs = new ArrayList<>();
  Tensor y;

  /** Whether derivatives can be differentiated again by whoever asked for them. */
  boolean connected;

  /** Runs f; {@code others} are further tensors that results will depend on. */
  Trace(String op, Function<List<Tensor>, Tensor> f, List<Tensor> given, List<Tensor> others) {
    this.op = op;
    this.given = List.copyOf(given);
    if (given.isEmpty()) {
      throw new IllegalArgumentException(op + ": needs at least one argument");
    }
    for (int i = 0; i < given.size(); i++) {
      given.get(i).requireOpen(op, i);
      if (!given.get(i).dtype().isFloat()) {
        throw new IllegalArgumentException(
            op
                + ": argument "
                + i
                + " is "
                + given.get(i).dtype()
                + ", but derivatives need float types; cast it, or let the function capture it");
      }
    }
    tracked = outside && given.stream().anyMatch(Tensor::requiresGrad);
    scope = Scope.open(given.get(0).device());
    mode = Autograd.enableGrad();
    try {
      given.forEach(x -> xs.add(Border.argument(x, outside)));
      y = f.apply(Collections.unmodifiableList(xs));
      requireTracked();
      connected =
          outside
              && (tracked
                  || others.stream().anyMatch(Tensor::requiresGrad)
                  || Border.foreign(y, xs));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void requireTracked() {
    if (y == null) {
      throw new IllegalArgumentException(op + ": the function returned null");
    }
    y.requireOpen(op + ": the function's result", 0);
    if (y.node() == null) {
      throw new IllegalArgumentException(
          op
              + ": the function's result "
              + y.dtype()
              + " "
              + y.shape()
              + " is not recorded (a constant, detached, inside noGrad, or read out as numbers);"
              + " compute it from the argument with differentiable tensor operations");
    }
  }

  /** Refuses a result that has not one element. */
  void requireScalar() {
    if (y.size() != 1) {
      throw new IllegalArgumentException(
          op
              + ": the function must give one element, got "
              + y.shape()
              + "; reduce it with sum() or mean(), or use vjp with a seed, or jacobian");
    }
  }

  /** The sweep from the result. */
  List<Tensor> pull(Tensor seed, boolean createGraph, boolean retain) {
    return Autograd.grad(y, seed, xs, createGraph, retain, true);
  }

  /** A result for the caller: part of the graph outside or free of any. */
  Tensor keep(Tensor t) {
    if (!connected) {
      return scope.keep(t.node() == null && scope.owns(t) ? t : t.detach());
    }
    if (t.node() == null && tracked) {
      return scope.keep(Border.constant(t, given.stream().filter(Tensor::requiresGrad).toList()));
    }
    // What the function returned may be somebody else's handle.
    return scope.keep(scope.owns(t) ? t : t.reshape(t.shape()));
  }

  List<Tensor> keep(List<Tensor> ts) {
    return ts.stream().map(this::keep).toList();
  }

  /** Moves the graph itself to the scope outside. */
  Tensor keepGraph() {
    xs.forEach(scope::keep);
    return scope.keep(scope.owns(y) ? y : y.reshape(y.shape()));
  }

  /** Checks tensors that go with the arguments one by one, and brings them to their types. */
  static List<Tensor> matching(String op, String what, List<Tensor> given, List<Tensor> xs) {
    if (given.size() != xs.size()) {
      throw new IllegalArgumentException(
          op
              + ": needs one "
              + what
              + " for each argument, got "
              + given.size()
              + " for "
              + xs.size());
    }
    for (int i = 0; i < xs.size(); i++) {
      given.get(i).requireOpen(op + ": " + what, i);
      if (!given.get(i).shape().equals(xs.get(i).shape()) || !given.get(i).dtype().isFloat()) {
        throw new IllegalArgumentException(
            op
                + ": "
                + what
                + " "
                + i
                + " must be float and have its argument's shape "
                + xs.get(i).shape()
                + ", got "
                + given.get(i).dtype()
                + " "
                + given.get(i).shape());
      }
    }
    return given;
  }

  /** The sum of sum(a b) over the pairs, in a's types. */
  static Tensor dot(List<Tensor> as, List<Tensor> bs) {
    Tensor sum = null;
    for (int i = 0; i < as.size(); i++) {
      Tensor a = as.get(i);
      Tensor part = a.mul(bs.get(i).to(a.dtype())).sum();
      sum = sum == null ? part : sum.add(part);
    }
    return sum;
  }

  /** All zeros but a one at position i. */
  static Tensor basis(DType type, Shape shape, int i) {
    return Tensor.ones(type, 1).pad(0, i, Math.toIntExact(shape.size()) - 1 - i).reshape(shape);
  }

  @Override
  public void close() {
    mode.close();
    scope.close();
  }
}
