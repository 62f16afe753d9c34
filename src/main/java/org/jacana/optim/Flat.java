package org.jacana.optim;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.optim.minimize.Vectors;

/** Parameters as one vector of doubles on the host. */
final class Flat {
  private final String who;
  final List<Tensor> parameters;
  final int size;

  Flat(String who, List<Tensor> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(who + ": there are no parameters to train");
    }
    long n = 0;
    for (int i = 0; i < parameters.size(); i++) {
      Tensor p = parameters.get(i);
      p.requireOpen(who + ": parameter " + i, 0);
      if (p.node() == null || !p.node().isLeaf()) {
        throw new IllegalArgumentException(
            who
                + ": parameter "
                + i
                + " "
                + p.shape()
                + " must be a leaf that requires a gradient; call requiresGrad(true) on it");
      }
      if (parameters.indexOf(p) != i) {
        throw new IllegalArgumentException(
            who + ": parameter " + i + " is given twice; a shared parameter is trained once");
      }
      n += p.size();
    }
    if (n > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          who + ": at most " + (Integer.MAX_VALUE - 8) + " values can be trained, got " + n);
    }
    this.who = who;
    this.parameters = List.copyOf(parameters);
    size = (int) n;
  }

  double[] read() {
    return read(parameters);
  }

  double[] read(List<Tensor> like) {
    double[] out = new double[size];
    int at = 0;
    for (Tensor t : like) {
      double[] v = t.doubles();
      System.arraycopy(v, 0, out, at, v.length);
      at += v.length;
    }
    return out;
  }

  /** Tensors like the parameters with these values, owned by the innermost scope. */
  List<Tensor> tensors(double[] values) {
    List<Tensor> out = new ArrayList<>();
    int at = 0;
    for (Tensor p : parameters) {
      int n = (int) p.size();
      try (Scope scope = Scope.open(p.device())) {
        double[] part = java.util.Arrays.copyOfRange(values, at, at + n);
        out.add(scope.keep(Tensor.of(part).reshape(p.shape()).to(p.dtype())));
      }
      at += n;
    }
    return out;
  }

  void write(double[] values) {
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      List<Tensor> ts = tensors(values);
      for (int i = 0; i < ts.size(); i++) {
        parameters.get(i).assign(ts.get(i));
      }
    }
  }

  /** Runs a step; whatever it throws, the parameters are as before then. */
  <T> T orRestore(java.util.function.Supplier<T> step) {
    try (Copies start = new Copies(who, parameters, false)) {
      try {
        return step.get();
      } catch (RuntimeException | Error e) {
        start.restore();
        throw e;
      }
    }
  }

  double finite(double loss) {
    if (!Double.isFinite(loss)) {
      throw new ArithmeticException(
          who + ": the loss is " + loss + " where the step starts; start from other weights");
    }
    return loss;
  }

  static double dot(double[] a, double[] b) {
    return Vectors.dot(a, b);
  }

  /** a + t b. */
  static double[] along(double[] a, double t, double[] b) {
    return Vectors.along(a, t, b);
  }
}
