package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;

/** Reductions over axes, and softmax. */
final class ReduceOps {
  private ReduceOps() {}

  private interface OverAxes {
    Tensor apply(Tensor x, int[] axes);
  }

  static void register() {
    add("ReduceMean", (x, a) -> x.mean(a, true));
    add("ReduceSum", (x, a) -> x.sum(a, true));
    add("ReduceProd", (x, a) -> x.prod(a, true));
    add("ReduceMax", (x, a) -> x.max(a, true));
    add("ReduceMin", (x, a) -> x.min(a, true));
    add("ReduceL1", (x, a) -> x.abs().sum(a, true));
    add("ReduceL2", (x, a) -> x.square().sum(a, true).sqrt());
    add("ReduceSumSquare", (x, a) -> x.square().sum(a, true));
    add("ReduceLogSum", (x, a) -> x.sum(a, true).log());
    add("ReduceLogSumExp", (x, a) -> x.logSumExp(a, true));
    Operators.add("ArgMax", n -> extreme(n, true));
    Operators.add("ArgMin", n -> extreme(n, false));
    Operators.add("Softmax", n -> softmax(n, Tensor::softmax));
    Operators.add("LogSoftmax", n -> softmax(n, Tensor::logSoftmax));
  }

  private static void add(String type, OverAxes f) {
    Operators.add(type, n -> reduce(n, f));
  }

  private static Kernel reduce(NodeContext n, OverAxes f) throws FormatException {
    n.inputs(1, 2).outputs(1);
    long[] given = n.longs("axes");
    boolean keep = n.flag("keepdims", true);
    boolean noneIsNothing = n.flag("noop_with_empty_axes", false);
    Backend backend = n.backend();
    return in -> {
      Value x = in[0].onDevice(backend);
      long[] axes = in.length > 1 && in[1] != null ? in[1].integers() : given;
      if ((axes == null || axes.length == 0) && noneIsNothing) {
        return Operators.one(x);
      }
      int[] places = places(x, axes);
      Value y = x.with(f.apply(x.tensor(), places));
      return Operators.one(keep ? y : squeezed(x, y, places));
    };
  }

  /** The places in the tensor of axes of the graph, sorted; all for none. */
  private static int[] places(Value x, long[] axes) {
    int[] p = new int[axes == null || axes.length == 0 ? x.rank() : axes.length];
    if (axes == null || axes.length == 0) {
      Arrays.setAll(p, i -> i);
    } else {
      Arrays.setAll(p, i -> x.axis(Whole.narrow(axes[i])));
    }
    Arrays.sort(p);
    for (int i = 1; i < p.length; i++) {
      if (p[i] == p[i - 1]) {
        throw new IllegalArgumentException("an axis is named twice in " + Arrays.toString(axes));
      }
    }
    return p;
  }

  /** Without the axes at these places of x, in the graph's order. */
  private static Value squeezed(Value x, Value y, int[] places) {
    boolean spatialOnly = x.last() && places.length == x.rank() - 2 && places[0] == 1;
    Tensor t = spatialOnly || !x.last() ? y.tensor() : y.plain();
    int[] gone = places;
    if (!spatialOnly && x.last()) {
      gone = places.clone();
      for (int i = 0; i < gone.length; i++) {
        gone[i] = gone[i] == 0 ? 0 : gone[i] == x.rank() - 1 ? 1 : gone[i] + 1;
      }
      Arrays.sort(gone);
    }
    int[] left = new int[x.rank() - gone.length];
    int k = 0;
    for (int a = 0; a < x.rank(); a++) {
      if (Arrays.binarySearch(gone, a) < 0) {
        left[k++] = t.shape().dim(a);
      }
    }
    return Value.of(t.reshape(org.jacana.Shape.of(left)));
  }

  private static Kernel extreme(NodeContext n, boolean max) throws FormatException {
    n.inputs(1, 1).outputs(1);
    int axis = n.integer("axis", 0);
    boolean keep = n.flag("keepdims", true);
    boolean latest = n.flag("select_last_index", false);
    Backend backend = n.backend();
    return in -> {
      Tensor x = in[0].onDevice(backend).plain();
      Tensor from = latest ? x.flip(axis) : x;
      Tensor at = max ? from.argmax(axis, keep) : from.argmin(axis, keep);
      return Operators.one(Value.of(latest ? at.rsub(x.shape().dim(axis) - 1) : at));
    };
  }

  private interface OverAxis {
    Tensor apply(Tensor x, int axis);
  }

  private static Kernel softmax(NodeContext n, OverAxis f) throws FormatException {
    n.inputs(1, 1).outputs(1);
    boolean flat = n.opset() < 13;
    int axis = n.integer("axis", flat ? 1 : -1);
    return in -> {
      Value x = in[0];
      int graphAxis = axis < 0 ? axis + x.rank() : axis;
      if (!flat || graphAxis == x.rank() - 1) {
        return Operators.one(x.with(f.apply(x.tensor(), x.axis(axis))));
      }
      // Before set 13, the axis and all after it counted as one.
      Tensor t = x.plain();
      Tensor y = f.apply(t.flatten(t.shape().axis("axis", axis)), -1);
      return Operators.one(Value.of(y.reshape(t.shape())));
    };
  }
}
