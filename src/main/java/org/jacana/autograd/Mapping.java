package org.jacana.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.op.Arranging;
import org.jacana.op.Batching;

/** Functions of the parts of a batch: all at once where every step has a rule, else one by one. */
final class Mapping {
  private Mapping() {}

  /** The common extent of the mapped axes. */
  static int extent(List<Tensor> xs, int[] axes) {
    if (xs.size() != axes.length) {
      throw new IllegalArgumentException(
          "vmap: needs " + axes.length + " arguments, one for each axis, got " + xs.size());
    }
    int n = -1;
    for (int k = 0; k < axes.length; k++) {
      xs.get(k).requireOpen("vmap", k);
      if (axes[k] == Transforms.WHOLE) {
        continue;
      }
      Shape s = xs.get(k).shape();
      int extent = s.dim(s.axis("vmap", axes[k]));
      if (extent == 0) {
        throw new IllegalArgumentException(
            "vmap: axis " + axes[k] + " of " + s + " is empty, so the result's shape is unknown");
      }
      if (n >= 0 && extent != n) {
        throw new IllegalArgumentException(
            "vmap: the mapped axes must have one extent, got "
                + n
                + " and, for argument "
                + k
                + " "
                + s
                + ", "
                + extent);
      }
      n = extent;
    }
    return n;
  }

  /** The results for all parts, stacked along an axis. */
  static Tensor map(Function<List<Tensor>, Tensor> f, List<Tensor> xs, int[] axes, int out) {
    int n = extent(xs, axes);
    try {
      return together(f, xs, axes, out, n);
    } catch (Batching.Refused e) {
      return oneByOne(f, xs, axes, out, n);
    }
  }

  private static Tensor together(
      Function<List<Tensor>, Tensor> f, List<Tensor> xs, int[] axes, int out, int n) {
    boolean records = Autograd.recording();
    try (Scope scope = Scope.open(xs.get(0).device());
        Batching.Level level = Batching.open(records)) {
      List<Tensor> parts = new ArrayList<>();
      for (int k = 0; k < axes.length; k++) {
        Tensor x = xs.get(k);
        parts.add(
            axes[k] == Transforms.WHOLE
                ? x
                : level.part(Arranging.moveAxis(x, x.shape().axis("vmap", axes[k]), 0)));
      }
      Tensor y = f.apply(parts);
      if (y == null) {
        throw new IllegalArgumentException("vmap: the function returned null");
      }
      y.requireOpen("vmap: the function's result", 0);
      Tensor all = level.batch(y, n);
      int to = out < 0 ? out + all.rank() : out;
      Tensor result = to == 0 ? all : Arranging.moveAxis(all, 0, to);
      List<Tensor> tracked = xs.stream().filter(Tensor::requiresGrad).toList();
      if (records && y.requiresGrad() && !result.requiresGrad() && !tracked.isEmpty()) {
        // A derivative that happens to be constant: part by part it would be tracked as well.
        result = Border.constant(result, tracked);
      }
      return scope.keep(result);
    }
  }

  private static Tensor oneByOne(
      Function<List<Tensor>, Tensor> f, List<Tensor> xs, int[] axes, int out, int n) {
    try (Scope scope = Scope.open(xs.get(0).device())) {
      Tensor[] parts = new Tensor[n];
      for (int i = 0; i < n; i++) {
        int at = i;
        parts[i] =
            Scope.tidy(
                () -> {
                  List<Tensor> part = new ArrayList<>();
                  for (int k = 0; k < axes.length; k++) {
                    Tensor x = xs.get(k);
                    part.add(axes[k] == Transforms.WHOLE ? x : x.select(axes[k], at));
                  }
                  return f.apply(part);
                });
      }
      return scope.keep(Tensor.stack(out, parts));
    }
  }

  /** For each parameter the gradients of the loss of each example, as plain numbers. */
  static List<Tensor> perExample(
      BinaryOperator<Tensor> loss, List<Tensor> parameters, Tensor inputs, Tensor targets) {
    int n = extent(List.of(inputs, targets), new int[] {0, 0});
    try {
      return togetherPerExample(loss, parameters, inputs, targets, n);
    } catch (Batching.Refused e) {
      return oneByOnePerExample(loss, parameters, inputs, targets, n);
    }
  }

  private static List<Tensor> togetherPerExample(
      BinaryOperator<Tensor> loss, List<Tensor> parameters, Tensor inputs, Tensor targets, int n) {
    try (Scope scope = Scope.open(inputs.device());
        Autograd.Mode on = Autograd.enableGrad();
        Batching.Level level = Batching.open(false)) {
      Tensor l =
          loss.apply(
              level.part(inputs.detach().unsqueeze(1)), level.part(targets.detach().unsqueeze(1)));
      List<Tensor> gs = Autograd.grad(l, null, parameters, false, false, true);
      return gs.stream().map(g -> scope.keep(level.batch(g, n).detach())).toList();
    }
  }

  private static List<Tensor> oneByOnePerExample(
      BinaryOperator<Tensor> loss, List<Tensor> parameters, Tensor inputs, Tensor targets, int n) {
    try (Scope scope = Scope.open(inputs.device());
        Autograd.Mode on = Autograd.enableGrad()) {
      List<Tensor[]> found = new ArrayList<>();
      parameters.forEach(p -> found.add(new Tensor[n]));
      for (int i = 0; i < n; i++) {
        try (Scope example = Scope.open()) {
          Tensor l = loss.apply(inputs.slice(0, i, i + 1), targets.slice(0, i, i + 1));
          List<Tensor> gs = Autograd.grad(l, null, parameters, false, false, true);
          for (int k = 0; k < gs.size(); k++) {
            found.get(k)[i] = example.keep(gs.get(k));
          }
        }
      }
      return found.stream().map(gs -> scope.keep(Tensor.stack(0, gs))).toList();
    }
  }
}
