package org.jacana.op;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Watch;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/** Reading and adding by index along an axis, and positions of extremes. */
public final class Indexing {
  private Indexing() {}

  private static void requireIndex(String op, Tensor index) {
    if (index.dtype() != DType.I32 && index.dtype() != DType.U8) {
      throw new IllegalArgumentException(
          op + ": the index must be I32, got " + index.dtype() + "; cast with to(DType.I32)");
    }
  }

  private static void requireFit(String op, Shape inner, Shape outer, int axis) {
    boolean fits = inner.rank() == outer.rank();
    for (int a = 0; fits && a < inner.rank(); a++) {
      fits = a == axis || inner.dim(a) <= outer.dim(a);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          op
              + ": the index must have the tensor's rank and no larger extents but along axis "
              + axis
              + ", got index "
              + inner
              + " for "
              + outer);
    }
  }

  /**
   * out[.., i, ..] = x[.., index[.., i, ..], ..], of the index's shape (PyTorch's gather).
   *
   * @throws IllegalArgumentException if shapes do not fit or an index is out of range; on a GPU,
   *     where looking at the index would make the host wait, such an element is NaN (0 for
   *     integers) instead
   */
  public static Tensor gather(Tensor x, int axis, Tensor index) {
    int a = x.shape().axis("gather", axis);
    requireIndex("gather", index);
    requireFit("gather", index.shape(), x.shape(), a);
    return Op.apply(new Gather(a), x, index);
  }

  /** Zeros of shape {@code to}, with x[.., i, ..] added at index[.., i, ..] of the axis. */
  public static Tensor scatterAdd(Shape to, int axis, Tensor index, Tensor x) {
    int a = to.axis("scatterAdd", axis);
    requireIndex("scatterAdd", index);
    if (!index.shape().equals(x.shape())) {
      throw new IllegalArgumentException(
          "scatterAdd: index and source must have one shape, got "
              + index.shape()
              + " and "
              + x.shape());
    }
    requireFit("scatterAdd", index.shape(), to, a);
    return Op.apply(new ScatterAdd(to, a), x, index);
  }

  /** Rows (slices along an axis) by a one-dimensional index. */
  public static Tensor select(Tensor x, int axis, Tensor index) {
    int a = x.shape().axis("indexSelect", axis);
    requireIndex("indexSelect", index);
    if (index.rank() != 1) {
      throw new IllegalArgumentException(
          "indexSelect: the index must have one axis, got " + index.shape());
    }
    int[] column = new int[x.rank()];
    java.util.Arrays.fill(column, 1);
    int n = index.shape().dim(0);
    column[a] = n;
    return Scope.tidy(() -> gather(x, a, index.reshape(column).expand(x.shape().with(a, n))));
  }

  /** The I32 position of the first largest (or smallest) element along an axis. */
  public static Tensor argExtreme(boolean largest, Tensor x, int axis, boolean keepDims) {
    String op = largest ? "argmax" : "argmin";
    int a = x.shape().axis(op, axis);
    if (x.shape().dim(a) == 0) {
      throw new IllegalArgumentException(op + ": axis " + a + " of " + x.shape() + " is empty");
    }
    x.requireOpen(op, 0);
    if (Batching.any(x)) {
      return Batching.lift(x, w -> argExtreme(largest, w, a + 1, keepDims));
    }
    if (Watch.on()) {
      Watch.read(op, x);
    }
    Tensor out = Tensor.allocate(x.backend(), x.shape().with(a, 1), DType.I32);
    if (out.size() > 0) {
      x.backend().argReduce(largest, out.view(), x.view(), a);
    }
    if (keepDims) {
      return out;
    }
    try (Tensor wide = Scope.release(out)) {
      return wide.squeeze(a);
    }
  }

  /** The I32 positions of the k largest (or smallest) along the last axis, best first. */
  public static Tensor topK(boolean largest, Tensor x, int k) {
    if (x.rank() == 0 || k < 0 || k > x.shape().dim(-1)) {
      throw new IllegalArgumentException(
          "topK: k must be between 0 and the last extent of " + x.shape() + ", got " + k);
    }
    x.requireOpen("topK", 0);
    if (Batching.any(x)) {
      return Batching.lift(x, w -> topK(largest, w, k));
    }
    if (Watch.on()) {
      Watch.read("topK", x);
    }
    Tensor out = Tensor.allocate(x.backend(), x.shape().with(-1, k), DType.I32);
    if (out.size() > 0) {
      x.backend().topK(largest, out.view(), x.view());
    }
    return out;
  }

  private static final class Gather extends Op {
    private final int axis;
    private Shape from;

    Gather(int axis) {
      this.axis = axis;
    }

    @Override
    public String name() {
      return "gather";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      from = in[0].shape();
      return in[1].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.gather(out, in[0], in[1], axis);
    }

    @Override
    protected Tensor batch(Batch b) {
      return gather(b.full(0), axis + 1, b.full(1));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {scatterAdd(from, axis, in[1], g), null};
    }

    @Override
    public boolean keepsInput(int i) {
      return i == 1;
    }
  }

  private static final class ScatterAdd extends Op {
    private final Shape to;
    private final int axis;

    ScatterAdd(Shape to, int axis) {
      this.to = to;
      this.axis = axis;
    }

    @Override
    public String name() {
      return "scatterAdd";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return to;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.fill(out, 0);
      if (in[0].size() > 0) {
        backend.scatterAdd(out, in[1], in[0], axis);
      }
    }

    @Override
    protected Tensor batch(Batch b) {
      return scatterAdd(to.insert(0, b.n), axis + 1, b.full(1), b.full(0));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {gather(g, axis, in[1]), null};
    }

    @Override
    public boolean keepsInput(int i) {
      return i == 1;
    }
  }
}
