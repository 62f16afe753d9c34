package org.jacana.io.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;

/** Operators that change or tell shapes. */
final class ShapeOps {
  private ShapeOps() {}

  static void register() {
    Operators.add("Reshape", ShapeOps::reshape);
    Operators.add("Flatten", ShapeOps::flatten);
    Operators.add("Transpose", ShapeOps::transpose);
    Operators.add("Squeeze", ShapeOps::squeeze);
    Operators.add("Unsqueeze", ShapeOps::unsqueeze);
    Operators.add("Expand", ShapeOps::expand);
    Operators.add("Tile", ShapeOps::tile);
    Operators.add("Shape", ShapeOps::shape);
    Operators.add("Size", ShapeOps::size);
  }

  /** The same elements under another shape, on the host if they are there. */
  static Value reshaped(Value x, Shape to) {
    if (x.isWhole()) {
      if (x.shape().size() != to.size()) {
        throw new IllegalArgumentException("cannot make " + to + " of " + x.shape());
      }
      return Value.of(new Whole(x.whole().values(), to));
    }
    return Value.of(x.plain().reshape(to));
  }

  private static Kernel reshape(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    boolean zeroIsZero = n.flag("allowzero", false);
    return in -> {
      long[] wanted = in[1].integers();
      Shape from = in[0].shape();
      long known = 1;
      int open = -1;
      int[] d = new int[wanted.length];
      for (int i = 0; i < d.length; i++) {
        if (wanted[i] == -1 && open < 0) {
          open = i;
          continue;
        }
        boolean copies = wanted[i] == 0 && !zeroIsZero;
        if (wanted[i] < 0 || copies && i >= from.rank()) {
          throw new IllegalArgumentException(
              "the shape " + Arrays.toString(wanted) + " does not fit " + from);
        }
        d[i] = copies ? from.dim(i) : Whole.narrow(wanted[i]);
        known *= d[i];
      }
      if (open >= 0) {
        if (known == 0 || from.size() % known != 0) {
          throw new IllegalArgumentException(
              "the shape " + Arrays.toString(wanted) + " does not fit " + from);
        }
        d[open] = Math.toIntExact(from.size() / known);
      }
      return Operators.one(reshaped(in[0], Shape.of(d)));
    };
  }

  private static Kernel flatten(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    int axis = n.integer("axis", 1);
    return in -> {
      Shape s = in[0].shape();
      int a = axis < 0 ? axis + s.rank() : axis;
      if (a < 0 || a > s.rank()) {
        throw new IllegalArgumentException("axis " + axis + " is out of range for " + s);
      }
      long rows = Shape.of(Arrays.copyOf(s.dims(), a)).size();
      long columns = Shape.of(Arrays.copyOfRange(s.dims(), a, s.rank())).size();
      Shape to = Shape.of(Math.toIntExact(rows), Math.toIntExact(columns));
      return Operators.one(reshaped(in[0], to));
    };
  }

  private static Kernel transpose(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    int[] given = n.integers("perm");
    Backend backend = n.backend();
    return in -> {
      Value x = in[0].onDevice(backend);
      int[] perm = given;
      if (perm == null) {
        perm = new int[x.rank()];
        Arrays.setAll(perm, i -> x.rank() - 1 - i);
      }
      // What is held with the channels last is there already when they are asked for last.
      if (x.last() && Arrays.equals(perm, Value.toLast(x.rank()))) {
        return Operators.one(Value.of(x.tensor()));
      }
      if (!x.last() && x.rank() > 2 && Arrays.equals(perm, Value.toFirst(x.rank()))) {
        return Operators.one(Value.last(x.tensor()));
      }
      return Operators.one(Value.of(x.plain().permute(perm)));
    };
  }

  /** The axes from an attribute, or from the second input. */
  private static long[] axes(long[] attribute, Value[] in) {
    return in.length > 1 && in[1] != null ? in[1].integers() : attribute;
  }

  private static Kernel squeeze(NodeContext n) throws FormatException {
    n.inputs(1, 2).outputs(1);
    long[] given = n.longs("axes");
    return in -> {
      Shape s = in[0].shape();
      long[] axes = axes(given, in);
      boolean[] gone = new boolean[s.rank()];
      for (int i = 0; i < gone.length; i++) {
        gone[i] = axes == null && s.dim(i) == 1;
      }
      for (int i = 0; axes != null && i < axes.length; i++) {
        int a = s.axis("squeeze", Whole.narrow(axes[i]));
        if (s.dim(a) != 1) {
          throw new IllegalArgumentException("axis " + a + " of " + s + " is not 1");
        }
        gone[a] = true;
      }
      List<Integer> left = new ArrayList<>();
      for (int i = 0; i < gone.length; i++) {
        if (!gone[i]) {
          left.add(s.dim(i));
        }
      }
      Shape to = Shape.of(left.stream().mapToInt(d -> d).toArray());
      return Operators.one(reshaped(in[0], to));
    };
  }

  private static Kernel unsqueeze(NodeContext n) throws FormatException {
    n.inputs(1, 2).outputs(1);
    long[] given = n.longs("axes");
    if (given == null && !n.has(1)) {
      throw n.error("axes", "none");
    }
    return in -> {
      Shape s = in[0].shape();
      long[] axes = axes(given, in);
      int rank = s.rank() + axes.length;
      boolean[] added = new boolean[rank];
      for (long axis : axes) {
        long a = axis < 0 ? axis + rank : axis;
        if (a < 0 || a >= rank || added[(int) a]) {
          throw new IllegalArgumentException(
              "axes " + Arrays.toString(axes) + " are out of range or named twice for " + s);
        }
        added[(int) a] = true;
      }
      int[] to = new int[rank];
      for (int i = 0, from = 0; i < rank; i++) {
        to[i] = added[i] ? 1 : s.dim(from++);
      }
      return Operators.one(reshaped(in[0], Shape.of(to)));
    };
  }

  private static int[] narrowed(long[] v) {
    int[] out = new int[v.length];
    Arrays.setAll(out, i -> Whole.narrow(v[i]));
    return out;
  }

  private static Kernel expand(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    Backend backend = n.backend();
    return in -> {
      Tensor x = in[0].onDevice(backend).plain();
      Shape wanted = Shape.of(narrowed(in[1].integers()));
      return Operators.one(Value.of(x.expand(Shape.broadcast("expand", x.shape(), wanted))));
    };
  }

  private static Kernel tile(NodeContext n) throws FormatException {
    n.inputs(2, 2).outputs(1);
    Backend backend = n.backend();
    return in -> {
      Tensor x = in[0].onDevice(backend).plain();
      int[] times = narrowed(in[1].integers());
      if (times.length != x.rank()) {
        throw new IllegalArgumentException(
            "needs a number for each axis of " + x.shape() + ", got " + Arrays.toString(times));
      }
      return Operators.one(Value.of(x.repeat(times)));
    };
  }

  private static Kernel shape(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    int start = n.integer("start", 0);
    int end = n.integer("end", Integer.MAX_VALUE);
    return in -> {
      int[] d = in[0].shape().dims();
      int from = Math.max(0, Math.min(d.length, start < 0 ? start + d.length : start));
      int to = Math.max(from, Math.min(d.length, end < 0 ? end + d.length : end));
      long[] part = Arrays.stream(d, from, to).asLongStream().toArray();
      return Operators.one(Value.of(Whole.vector(part)));
    };
  }

  private static Kernel size(NodeContext n) throws FormatException {
    n.inputs(1, 1).outputs(1);
    return in ->
        Operators.one(Value.of(new Whole(new long[] {in[0].shape().size()}, Shape.scalar())));
  }
}
