package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** Operations that only move elements: most of them share memory with their input. */
public final class Movement {
  private Movement() {}

  public static Tensor reshape(Tensor x, Shape to) {
    if (to.size() != x.size()) {
      throw new IllegalArgumentException(
          "reshape: " + x.shape() + " has " + x.size() + " elements, " + to + " has " + to.size());
    }
    return Op.apply(new Reshape(to), x);
  }

  /** Axes in a new order, a permutation of 0..rank-1. */
  public static Tensor permute(Tensor x, int... order) {
    int[] o = new int[order.length];
    boolean[] seen = new boolean[x.rank()];
    boolean valid = order.length == x.rank();
    for (int i = 0; valid && i < order.length; i++) {
      o[i] = x.shape().axis("permute", order[i]);
      valid = !seen[o[i]];
      seen[o[i]] = true;
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "permute: needs each of the "
              + x.rank()
              + " axes of "
              + x.shape()
              + " once, got "
              + Arrays.toString(order));
    }
    return Op.apply(new Permute(o), x);
  }

  public static Tensor expand(Tensor x, Shape to) {
    x.requireOpen("expand", 0);
    if (x.shape().equals(to)) {
      return x;
    }
    if (x.rank() > to.rank() || !Shape.broadcast("expand", x.shape(), to).equals(to)) {
      throw new IllegalArgumentException("expand: " + x.shape() + " does not broadcast to " + to);
    }
    return Op.apply(new Expand(to), x);
  }

  /** A box of elements: on each axis {@code counts[a]} of them from {@code starts[a]} by steps. */
  public static Tensor slice(Tensor x, int[] starts, int[] counts, int[] steps) {
    return Op.apply(new Slice(starts, counts, steps), x);
  }

  /** The transpose of {@link #slice}: x in a box of a tensor that is {@code fill} elsewhere. */
  public static Tensor place(Tensor x, Shape in, int[] starts, int[] steps, double fill) {
    return Op.apply(new Place(in, starts, steps, fill), x);
  }

  public static Tensor concat(int axis, Tensor... xs) {
    if (xs.length == 0) {
      throw new IllegalArgumentException("concat: needs at least one tensor");
    }
    return Op.apply(new Concat(axis), xs);
  }

  /** Floats are truncated to I32, those beyond its range to its ends, NaN to 0, as in Java. */
  public static Tensor cast(Tensor x, DType to) {
    x.requireOpen("cast", 0);
    if (x.dtype() == to) {
      return x;
    }
    if (to == DType.I32 && x.dtype().isFloat()) {
      return Composite.on(
          x,
          () -> {
            Tensor wide = x.dtype() == DType.F64 ? x : Op.apply(new Cast(DType.F64), x);
            Tensor bounded = wide.clamp(Integer.MIN_VALUE, Integer.MAX_VALUE);
            return Op.apply(new Cast(to), bounded);
          });
    }
    return Op.apply(new Cast(to), x);
  }

  /** The same elements, row-major without gaps; x itself if it is so already. */
  public static Tensor contiguous(Tensor x) {
    x.requireOpen("contiguous", 0);
    return Batching.any(x) || x.view().layout().isContiguous() ? x : Op.apply(new Copy(), x);
  }

  /** A copy with memory of its own. */
  public static Tensor copy(Tensor x) {
    return Op.apply(new Copy(), x);
  }

  /** An operation whose output shares the input's memory; its gradient needs only shapes. */
  private abstract static class ViewOp extends Op {
    Shape from;

    abstract Layout layout(Layout x);

    @Override
    protected Tensor forward(Tensor[] in) {
      from = in[0].shape();
      return in[0].share(layout(in[0].view().layout()));
    }

    @Override
    protected Shape infer(Tensor[] in) {
      from = in[0].shape();
      return layout(Layout.contiguous(from)).shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.copy(out, in[0].with(layout(in[0].layout())));
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }

  private static final class Reshape extends ViewOp {
    private final Shape to;

    Reshape(Shape to) {
      this.to = to;
    }

    @Override
    public String name() {
      return "reshape";
    }

    @Override
    Layout layout(Layout x) {
      return x.reshape(to);
    }

    @Override
    protected Tensor batch(Batch b) {
      return reshape(b.get(0), to.insert(0, b.n));
    }

    @Override
    protected Tensor forward(Tensor[] in) {
      from = in[0].shape();
      Layout l = layout(in[0].view().layout());
      if (l != null) {
        return in[0].share(l);
      }
      Tensor out = Tensor.allocate(in[0].backend(), to, in[0].dtype());
      in[0].backend().copy(out.view().with(Layout.contiguous(from)), in[0].view());
      return out;
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {g.reshape(from)};
    }
  }

  private static final class Permute extends ViewOp {
    private final int[] order;

    Permute(int[] order) {
      this.order = order;
    }

    @Override
    public String name() {
      return "permute";
    }

    @Override
    Layout layout(Layout x) {
      return x.permute(order);
    }

    @Override
    protected Tensor batch(Batch b) {
      int[] wide = new int[order.length + 1];
      for (int i = 0; i < order.length; i++) {
        wide[i + 1] = order[i] + 1;
      }
      return permute(b.get(0), wide);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      int[] back = new int[order.length];
      for (int i = 0; i < order.length; i++) {
        back[order[i]] = i;
      }
      return new Tensor[] {g.permute(back)};
    }
  }

  private static final class Expand extends ViewOp {
    private final Shape to;

    Expand(Shape to) {
      this.to = to;
    }

    @Override
    public String name() {
      return "expand";
    }

    @Override
    Layout layout(Layout x) {
      return x.expand(to);
    }

    @Override
    protected Tensor batch(Batch b) {
      return expand(b.aligned(0, to.rank()), to.insert(0, b.n));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {g.sumTo(from)};
    }
  }

  private static final class Slice extends ViewOp {
    private final int[] starts;
    private final int[] counts;
    private final int[] steps;

    Slice(int[] starts, int[] counts, int[] steps) {
      this.starts = starts;
      this.counts = counts;
      this.steps = steps;
    }

    @Override
    public String name() {
      return "slice";
    }

    @Override
    Layout layout(Layout x) {
      return box(x, starts, counts, steps);
    }

    @Override
    protected Tensor batch(Batch b) {
      return slice(b.get(0), front(0, starts), front(b.n, counts), front(1, steps));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {place(g, from, starts, steps, 0)};
    }
  }

  private static int[] front(int first, int[] rest) {
    int[] out = new int[rest.length + 1];
    out[0] = first;
    System.arraycopy(rest, 0, out, 1, rest.length);
    return out;
  }

  private static Layout box(Layout l, int[] starts, int[] counts, int[] steps) {
    for (int a = 0; a < starts.length; a++) {
      if (starts[a] != 0 || counts[a] != l.dim(a) || steps[a] != 1) {
        l = l.slice(a, starts[a], counts[a], steps[a]);
      }
    }
    return l;
  }

  private static final class Place extends Op {
    private final Shape to;
    private final int[] starts;
    private final int[] steps;
    private final double fill;
    private int[] counts;

    Place(Shape to, int[] starts, int[] steps, double fill) {
      this.to = to;
      this.starts = starts;
      this.steps = steps;
      this.fill = fill;
    }

    @Override
    public String name() {
      return "pad";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      counts = in[0].shape().dims();
      return to;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.fill(out, fill);
      if (in[0].size() > 0) {
        backend.copy(out.with(box(out.layout(), starts, counts, steps)), in[0]);
      }
    }

    @Override
    protected Tensor batch(Batch b) {
      return place(b.get(0), to.insert(0, b.n), front(0, starts), front(1, steps), fill);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {slice(g, starts, counts, steps)};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }

  private static final class Concat extends Op {
    private final int axisGiven;
    private int axis;
    private int[] extents;

    Concat(int axis) {
      this.axisGiven = axis;
    }

    @Override
    public String name() {
      return "concat";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      Shape s = in[0].shape();
      axis = s.axis("concat", axisGiven);
      extents = new int[in.length];
      int total = 0;
      for (int i = 0; i < in.length; i++) {
        Shape t = in[i].shape();
        if (t.rank() != s.rank() || !t.with(axis, 0).equals(s.with(axis, 0))) {
          throw new IllegalArgumentException(
              "concat: shapes must be equal but for axis "
                  + axis
                  + ", got "
                  + s
                  + " and, at position "
                  + i
                  + ", "
                  + t);
        }
        extents[i] = t.dim(axis);
        total = Math.addExact(total, extents[i]);
      }
      return s.with(axis, total);
    }

    @Override
    protected DType inferType(Tensor[] in) {
      DType t = in[0].dtype();
      for (Tensor x : in) {
        if (x.dtype() != t) {
          throw new IllegalArgumentException(
              "concat: tensors must have one type, got " + t + " and " + x.dtype());
        }
      }
      return t;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      int at = 0;
      for (int i = 0; i < in.length; i++) {
        if (in[i].size() > 0) {
          backend.copy(out.with(out.layout().slice(axis, at, extents[i], 1)), in[i]);
        }
        at += extents[i];
      }
    }

    @Override
    protected Tensor batch(Batch b) {
      Tensor[] xs = new Tensor[b.size()];
      Arrays.setAll(xs, b::full);
      return concat(axis + 1, xs);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      Tensor[] gs = new Tensor[in.length];
      int at = 0;
      for (int i = 0; i < in.length; i++) {
        gs[i] = needs[i] ? g.slice(axis, at, at + extents[i]) : null;
        at += extents[i];
      }
      return gs;
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }

  private static final class Cast extends Op {
    private final DType to;
    private DType from;

    Cast(DType to) {
      this.to = to;
    }

    @Override
    public String name() {
      return "cast";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      from = in[0].dtype();
      return in[0].shape();
    }

    @Override
    protected DType inferType(Tensor[] in) {
      return to;
    }

    @Override
    protected Tensor batch(Batch b) {
      return cast(b.get(0), to);
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.copy(out, in[0]);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {g.to(from)};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }

  private static final class Copy extends Op {
    @Override
    public String name() {
      return "copy";
    }

    @Override
    protected Tensor batch(Batch b) {
      return copy(b.get(0));
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[0].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.copy(out, in[0]);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {g};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }
}
