package org.jacana.op;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/** The matrix product, over leading batch axes that broadcast. */
public final class MatMul extends Op {
  private Shape a;
  private Shape b;

  private MatMul() {}

  /**
   * a [..., m, k] b [..., k, n] = [..., m, n]; rank 1 is a row on the left, a column on the right.
   */
  public static Tensor matmul(Tensor a, Tensor b) {
    if (Precision.lowers(a) || Precision.lowers(b)) {
      return Composite.on(a, () -> matmul(Precision.lower(a), Precision.lower(b)));
    }
    if (a.rank() == 0 || b.rank() == 0) {
      throw new IllegalArgumentException(
          "matmul: needs at least one axis, got "
              + a.shape()
              + " and "
              + b.shape()
              + "; multiply by a scalar with mul");
    }
    if (a.dtype() != b.dtype() || !a.dtype().isFloat()) {
      throw new IllegalArgumentException(
          "matmul: needs two tensors of one float type, got "
              + a.dtype()
              + " and "
              + b.dtype()
              + "; cast with to(...)");
    }
    if (a.rank() > 1 && b.rank() > 1) {
      return Op.apply(new MatMul(), a, b);
    }
    return Scope.tidy(
        () -> {
          Tensor left = a.rank() == 1 ? a.unsqueeze(0) : a;
          Tensor right = b.rank() == 1 ? b.unsqueeze(1) : b;
          Tensor c = Op.apply(new MatMul(), left, right);
          if (b.rank() == 1) {
            c = c.squeeze(-1);
          }
          return a.rank() == 1 ? c.squeeze(b.rank() == 1 ? -1 : -2) : c;
        });
  }

  @Override
  public String name() {
    return "matmul";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    a = in[0].shape();
    b = in[1].shape();
    if (a.dim(-1) != b.dim(-2)) {
      throw new IllegalArgumentException(
          "matmul: columns of the left must equal rows of the right, got " + a + " and " + b);
    }
    int[] batch = Shape.broadcast("matmul (batch axes)", lead(a), lead(b)).dims();
    int[] d = Arrays.copyOf(batch, batch.length + 2);
    d[d.length - 2] = a.dim(-2);
    d[d.length - 1] = b.dim(-1);
    return Shape.of(d);
  }

  private static Shape lead(Shape s) {
    return Shape.of(Arrays.copyOf(s.dims(), s.rank() - 2));
  }

  private static Shape stretched(Shape s, Shape out) {
    int[] d = out.dims();
    d[d.length - 2] = s.dim(-2);
    d[d.length - 1] = s.dim(-1);
    return Shape.of(d);
  }

  @Override
  protected void run(Backend backend, View out, View[] in) {
    if (a.dim(-1) == 0) {
      backend.fill(out, 0);
      return;
    }
    if (a.dim(-1) == 1) {
      // Columns times rows: oneDNN 3.11 was seen to read beyond such operands in batches.
      backend.binary(Binary.MUL, out, in[0].expand(out.shape()), in[1].expand(out.shape()));
      return;
    }
    backend.matmul(
        out, in[0].expand(stretched(a, out.shape())), in[1].expand(stretched(b, out.shape())));
  }

  @Override
  protected Tensor batch(Batch in) {
    if (in.has(0) && !in.has(1) && b.rank() == 2) {
      int[] d = in.get(0).shape().dims();
      int k = d[d.length - 1];
      d[d.length - 1] = b.dim(1);
      int rows = 1;
      for (int i = 0; i < d.length - 1; i++) {
        rows = Math.multiplyExact(rows, d[i]);
      }
      return matmul(in.get(0).reshape(rows, k), in.get(1)).reshape(d);
    }
    int rank = Math.max(a.rank(), b.rank());
    return matmul(in.aligned(0, rank), in.aligned(1, rank));
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    return new Tensor[] {
      needs[0] ? matmul(g, in[1].transpose(-1, -2)).sumTo(a) : null,
      needs[1] ? matmul(in[0].transpose(-1, -2), g).sumTo(b) : null
    };
  }

  /**
   * The sum of products over axes of a paired with axes of b; the other axes stay, those of a
   * first.
   *
   * @throws IllegalArgumentException if the axes' numbers or extents differ
   */
  public static Tensor tensordot(Tensor a, Tensor b, int[] axes, int[] others) {
    int n = axes.length;
    boolean fits = others.length == n;
    for (int i = 0; fits && i < n; i++) {
      fits = a.shape().dim(axes[i]) == b.shape().dim(others[i]);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "tensordot: paired axes must have equal extents, got axes "
              + Arrays.toString(axes)
              + " of "
              + a.shape()
              + " and "
              + Arrays.toString(others)
              + " of "
              + b.shape());
    }
    int[] left = rest("tensordot", a.shape(), axes);
    int[] right = rest("tensordot", b.shape(), others);
    int[] out = new int[left.length + right.length];
    int rows = 1;
    int columns = 1;
    for (int i = 0; i < left.length; i++) {
      out[i] = a.shape().dim(left[i]);
      rows *= out[i];
    }
    for (int i = 0; i < right.length; i++) {
      out[left.length + i] = b.shape().dim(right[i]);
      columns *= out[left.length + i];
    }
    int inner = 1;
    for (int x : axes) {
      inner *= a.shape().dim(x);
    }
    int[] p = {rows, inner};
    int[] q = {inner, columns};
    return Composite.on(
        a,
        () ->
            matmul(
                    a.permute(join(left, axes)).reshape(p),
                    b.permute(join(others, right)).reshape(q))
                .reshape(Shape.of(out)));
  }

  private static int[] join(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private static int[] rest(String op, Shape s, int[] axes) {
    boolean[] used = new boolean[s.rank()];
    for (int a : axes) {
      used[s.axis(op, a)] = true;
    }
    return java.util.stream.IntStream.range(0, s.rank()).filter(i -> !used[i]).toArray();
  }

  /** x w^T + b: x [..., k], w [n, k], b [n] or null. */
  public static Tensor linear(Tensor x, Tensor w, Tensor b) {
    return linear(x, w, b, false);
  }

  /** relu(x w^T + b), in one kernel where the backend has one. */
  public static Tensor linearRelu(Tensor x, Tensor w, Tensor b) {
    return linear(x, w, b, true);
  }

  private static Tensor linear(Tensor x, Tensor w, Tensor b, boolean relu) {
    if (Precision.lowers(x) || Precision.lowers(w) || Precision.lowers(b)) {
      boolean wide = Conv.wideGradients(w, b);
      return Composite.on(
          x, () -> linear(Precision.lower(x), Precision.lower(w), Precision.lower(b), relu, wide));
    }
    return linear(x, w, b, relu, false);
  }

  private static Tensor linear(Tensor x, Tensor w, Tensor b, boolean relu, boolean wide) {
    if (w.rank() != 2 || x.rank() < 1 || x.shape().dim(-1) != w.shape().dim(1)) {
      throw new IllegalArgumentException(
          "linear: input's last axis must equal the weight's second, got input "
              + x.shape()
              + ", weight "
              + w.shape()
              + " [out, in]");
    }
    if (b != null && !b.shape().equals(Shape.of(w.shape().dim(0)))) {
      throw new IllegalArgumentException(
          "linear: bias must be [" + w.shape().dim(0) + "], got " + b.shape());
    }
    for (Tensor t : b == null ? new Tensor[] {w} : new Tensor[] {w, b}) {
      if (t.dtype() != x.dtype()) {
        throw new IllegalArgumentException(
            "linear: input is "
                + x.dtype()
                + " but a parameter is "
                + t.dtype()
                + "; cast with to(...)");
      }
    }
    if (x.rank() == 2) {
      return rows(x, w, b, relu, wide);
    }
    int[] d = x.shape().dims();
    int n = Math.toIntExact(Shape.of(Arrays.copyOf(d, d.length - 1)).size());
    int k = d[d.length - 1];
    d[d.length - 1] = w.shape().dim(0);
    return Scope.tidy(() -> rows(x.reshape(n, k), w, b, relu, wide).reshape(d));
  }

  private static Tensor rows(Tensor x, Tensor w, Tensor b, boolean relu, boolean wide) {
    Linear op = new Linear(relu, wide);
    return b == null ? Op.apply(op, x, w) : Op.apply(op, x, w, b);
  }

  private static final class Linear extends Op {
    private final boolean relu;
    private final boolean wide;

    /** {@code wide}: the parameters were cast for this operation, so their gradients may be F32. */
    Linear(boolean relu, boolean wide) {
      this.relu = relu;
      this.wide = wide;
    }

    @Override
    public String name() {
      return relu ? "linearRelu" : "linear";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return Shape.of(in[0].shape().dim(0), in[1].shape().dim(0));
    }

    @Override
    protected DType inferType(Tensor[] in) {
      return in[0].dtype();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      View bias = in.length == 3 ? in[2] : null;
      if (in[0].shape().dim(1) > 0 && backend.linear(out, in[0], in[1], bias, relu)) {
        return;
      }
      if (in[0].shape().dim(1) == 0) {
        backend.fill(out, 0);
      } else {
        backend.matmul(out, in[0], in[1].with(in[1].layout().permute(1, 0)));
      }
      if (bias != null) {
        backend.binary(Binary.ADD, out, out, bias.expand(out.shape()));
      }
      if (relu) {
        backend.unary(Unary.RELU, 0, 0, out, out);
      }
    }

    @Override
    protected Tensor batch(Batch b) {
      boolean bias = b.size() == 3;
      if (!b.has(1) && !(bias && b.has(2))) {
        return b.unfolded(rows(b.folded(0), b.get(1), bias ? b.get(2) : null, relu, wide));
      }
      Tensor product = matmul(b.get(0), b.get(1).transpose(-1, -2));
      Tensor y = bias ? product.add(b.aligned(2, 2)) : product;
      return relu ? y.relu() : y;
    }

    @Override
    public Tensor unfused(Tensor[] in) {
      return relu ? linear(in[0], in[1], in.length == 3 ? in[2] : null).relu() : null;
    }

    @Override
    public boolean keepsOutput() {
      return relu;
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor dy, boolean[] needs) {
      Tensor g = relu ? dy.reluGrad(out) : dy;
      Tensor[] gs = new Tensor[needs.length];
      gs[0] = needs[0] ? matmul(g, in[1]) : null;
      boolean direct =
          wide
              && !Autograd.recording()
              && !Batching.any(in)
              && !Batching.any(g)
              && g.shape().dim(0) > 1
              && g.size() > 0
              && in[0].size() > 0;
      gs[1] = !needs[1] ? null : direct ? wide(g, in[0]) : matmul(g.transpose(0, 1), in[0]);
      if (needs.length == 3) {
        gs[2] = needs[2] ? (direct ? g.to(DType.F32) : g).sum(0) : null;
      }
      return gs;
    }

    /** g^T x in F32. */
    private static Tensor wide(Tensor g, Tensor x) {
      Shape s = Shape.of(g.shape().dim(1), x.shape().dim(1));
      Tensor dw = Tensor.allocate(g.backend(), s, DType.F32);
      View columns = g.view().with(g.view().layout().permute(1, 0));
      g.backend().matmul(dw.view(), columns, x.view());
      return dw;
    }

    @Override
    public boolean keepsInput(int i) {
      return i < 2;
    }
  }
}
