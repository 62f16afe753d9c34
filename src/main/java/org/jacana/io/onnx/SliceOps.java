package org.jacana.io.onnx;

import java.util.Arrays;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;
import org.jacana.op.Movement;

/** Operators that take parts of tensors or join them. */
final class SliceOps {
  private SliceOps() {}

  static void register() {
    Operators.add("Concat", SliceOps::concat);
    Operators.add("Split", SliceOps::split);
    Operators.add("Slice", SliceOps::slice);
    Operators.add("Gather", SliceOps::gather);
    Operators.add("GatherElements", SliceOps::gatherElements);
  }

  private static Kernel concat(NodeContext n) throws FormatException {
    n.inputs(1, Integer.MAX_VALUE).outputs(1);
    for (int i = 0; i < n.node().inputs().size(); i++) {
      if (!n.has(i)) {
        throw n.error("no empty input", "one at place " + i);
      }
    }
    if (!n.hasAttribute("axis")) {
      throw n.error("an axis", "none");
    }
    int axis = n.integer("axis", 0);
    Backend backend = n.backend();
    return in -> {
      if (Arrays.stream(in).allMatch(v -> v.isWhole() && v.rank() == 1)) {
        long[] all =
            Arrays.stream(in).flatMapToLong(v -> Arrays.stream(v.whole().values())).toArray();
        return Operators.one(Value.of(Whole.vector(all)));
      }
      boolean last = Arrays.stream(in).allMatch(Value::last);
      Tensor[] parts = new Tensor[in.length];
      Arrays.setAll(parts, i -> last ? in[i].tensor() : in[i].onDevice(backend).plain());
      if (last) {
        return Operators.one(Value.last(Tensor.concat(in[0].axis(axis), parts)));
      }
      return Operators.one(Value.of(Tensor.concat(axis, parts)));
    };
  }

  private static Kernel split(NodeContext n) throws FormatException {
    int outputs = n.node().outputs().size();
    n.inputs(1, 2).outputs(outputs);
    if (n.integer("num_outputs", outputs) != outputs) {
      throw n.error("as many outputs as num_outputs", outputs + "");
    }
    int axis = n.integer("axis", 0);
    long[] given = n.longs("split");
    Backend backend = n.backend();
    return in -> {
      Value x = in[0].onDevice(backend);
      long[] sizes = in.length > 1 && in[1] != null ? in[1].integers() : given;
      int a = x.axis(axis);
      int extent = x.tensor().shape().dim(a);
      int[] parts = new int[sizes == null ? outputs : sizes.length];
      if (parts.length != outputs) {
        throw new IllegalArgumentException(
            parts.length + " parts do not fit " + outputs + " outputs");
      }
      int each = (extent + outputs - 1) / outputs;
      Arrays.setAll(
          parts,
          i ->
              sizes != null
                  ? Whole.narrow(sizes[i])
                  : Math.max(0, Math.min(each, extent - i * each)));
      return Arrays.stream(x.tensor().split(a, parts)).map(x::with).toArray(Value[]::new);
    };
  }

  private static Kernel slice(NodeContext n) throws FormatException {
    n.inputs(1, 5).outputs(1);
    long[] starts = n.longs("starts");
    long[] ends = n.longs("ends");
    long[] axes = n.longs("axes");
    if (n.opset() < 10 ? starts == null || ends == null : !n.has(1) || !n.has(2)) {
      throw n.error("starts and ends", "none");
    }
    Backend backend = n.backend();
    return in -> {
      long[] from = starts != null ? starts : in[1].integers();
      long[] to = ends != null ? ends : in[2].integers();
      long[] on = in.length > 3 && in[3] != null ? in[3].integers() : axes;
      long[] step = in.length > 4 && in[4] != null ? in[4].integers() : null;
      Range r = new Range(in[0].shape());
      for (int i = 0; i < from.length; i++) {
        r.cut(on == null ? i : Whole.narrow(on[i]), from[i], to[i], step == null ? 1 : step[i]);
      }
      if (in[0].isWhole() && in[0].rank() == 1) {
        long[] v = new long[r.counts[0]];
        Arrays.setAll(v, i -> in[0].whole().values()[r.starts[0] + i * r.steps[0]]);
        return Operators.one(Value.of(Whole.vector(v)));
      }
      Tensor x = in[0].onDevice(backend).plain();
      return Operators.one(Value.of(Movement.slice(x, r.starts, r.counts, r.steps)));
    };
  }

  /** A box of elements, by NumPy's rules: ends count from the back and stop at the borders. */
  private static final class Range {
    final int[] starts;
    final int[] counts;
    final int[] steps;

    Range(Shape s) {
      starts = new int[s.rank()];
      counts = s.dims();
      steps = new int[s.rank()];
      Arrays.fill(steps, 1);
    }

    void cut(int axis, long start, long end, long step) {
      int a = Shape.of(counts).axis("slice", axis);
      long n = counts[a];
      if (step == 0 || step != (int) step) {
        throw new IllegalArgumentException("a step of " + step + " is not possible");
      }
      boolean up = step > 0;
      long from = limited(start < 0 ? start + n : start, up ? 0 : -1, up ? n : n - 1);
      long to = limited(end < 0 ? end + n : end, up ? 0 : -1, up ? n : n - 1);
      long count = up ? (to - from + step - 1) / step : (from - to - step - 1) / -step;
      counts[a] = (int) Math.max(0, count);
      starts[a] = counts[a] == 0 ? 0 : (int) from;
      steps[a] = counts[a] == 0 ? 1 : (int) step;
    }

    private static long limited(long v, long low, long high) {
      return Math.max(low, Math.min(high, v));
    }
  }

  private static Kernel gather(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    int axis = n.integer("axis", 0);
    Backend backend = n.backend();
    return in -> {
      if (in[0].isWhole() && in[0].rank() == 1 && in[1].isWhole()) {
        long[] v = in[1].whole().values().clone();
        long[] from = in[0].whole().values();
        for (int i = 0; i < v.length; i++) {
          v[i] = from[Math.floorMod(at(v[i], from.length), Math.max(1, from.length))];
        }
        return Operators.one(Value.of(new Whole(v, in[1].shape())));
      }
      Tensor x = in[0].onDevice(backend).plain();
      int a = x.shape().axis("gather", axis);
      int extent = x.shape().dim(a);
      if (in[1].isWhole() && in[1].rank() == 0) {
        return Operators.one(Value.of(x.select(a, at(in[1].whole().values()[0], extent))));
      }
      return Operators.one(Value.of(picked(x, a, in[1], extent, backend)));
    };
  }

  private static int at(long i, int extent) {
    if (i < -extent || i >= extent) {
      throw new IllegalArgumentException("index " + i + " is out of range for " + extent);
    }
    return (int) i;
  }

  private static Tensor picked(Tensor x, int axis, Value index, int extent, Backend backend) {
    Tensor i;
    if (index.isWhole()) {
      long[] v = index.whole().values();
      int[] rows = new int[v.length];
      Arrays.setAll(rows, k -> Math.floorMod(at(v[k], extent), Math.max(1, extent)));
      i = index.onDevice(backend).tensor().zerosLike();
      i.write(rows);
    } else {
      Tensor given = index.plain();
      i = Tensor.where(given.lt(0), given.add(extent), given).contiguous();
    }
    int[] d = x.shape().dims();
    int[] inner = i.shape().dims();
    int[] to = new int[d.length - 1 + inner.length];
    System.arraycopy(d, 0, to, 0, axis);
    System.arraycopy(inner, 0, to, axis, inner.length);
    System.arraycopy(d, axis + 1, to, axis + inner.length, d.length - axis - 1);
    int count = Math.toIntExact(i.size());
    return x.indexSelect(axis, i.reshape(Shape.of(count))).reshape(Shape.of(to));
  }

  private static Kernel gatherElements(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    int axis = n.integer("axis", 0);
    Backend backend = n.backend();
    return in -> {
      Tensor x = in[0].onDevice(backend).plain();
      Tensor i = in[1].onDevice(backend).plain();
      int extent = x.shape().dim(axis);
      Tensor index = Tensor.where(i.lt(0), i.add(extent), i);
      return Operators.one(Value.of(x.gather(axis, index)));
    };
  }
}
