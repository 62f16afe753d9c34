package org.jacana.op;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.Reduction;
import org.jacana.backend.View;

/** Sums, products and extremes over axes, and running sums. */
public final class Reduce {
  private Reduce() {}

  /** The sum over sorted, distinct axes; BOOL and U8 are counted in I32. */
  public static Tensor sum(Tensor x, int[] axes, boolean keepDims) {
    return Scope.tidy(() -> apply(Reduction.SUM, countable(x), axes, keepDims));
  }

  /** The largest (or smallest) element; at ties the gradient is shared equally. */
  public static Tensor extreme(boolean largest, Tensor x, int[] axes, boolean keepDims) {
    for (int a : axes) {
      if (x.shape().dim(a) == 0) {
        throw new IllegalArgumentException(
            (largest ? "max" : "min") + ": axis " + a + " of " + x.shape() + " is empty");
      }
    }
    return Scope.tidy(() -> apply(largest ? Reduction.MAX : Reduction.MIN, x, axes, keepDims));
  }

  /**
   * The product over axes. A tracked product is a tree of pairwise products, whose gradient is
   * right at zeros too, at every order.
   */
  public static Tensor prod(Tensor x, int[] axes, boolean keepDims) {
    return Scope.tidy(
        () ->
            x.node() == null || !Autograd.recording()
                ? apply(Reduction.PROD, countable(x), axes, keepDims)
                : tree(x, axes, keepDims));
  }

  private static Tensor countable(Tensor x) {
    return x.dtype() == DType.BOOL || x.dtype() == DType.U8 ? x.to(DType.I32) : x;
  }

  private static Tensor tree(Tensor x, int[] axes, boolean keepDims) {
    Tensor y = x;
    for (int a : axes) {
      int n = y.shape().dim(a);
      if (n == 0) {
        y = Tensor.ones(y.dtype(), y.shape().with(a, 1).dims());
      }
      while (n > 1) {
        int half = n / 2;
        Tensor paired = y.slice(a, 0, half).mul(y.slice(a, half, 2 * half));
        y = n % 2 == 0 ? paired : Tensor.concat(a, paired, y.slice(a, n - 1, n));
        n = half + n % 2;
      }
    }
    return y.reshape(x.shape().reduce(axes, keepDims));
  }

  private static Tensor apply(Reduction f, Tensor x, int[] axes, boolean keepDims) {
    if (axes.length == 0) {
      return x.reshape(x.shape());
    }
    Tensor y = Op.apply(new ReduceOp(f, axes), x);
    return keepDims ? y : y.reshape(x.shape().reduce(axes, false));
  }

  public static Tensor cumSum(Tensor x, int axis, boolean reverse) {
    int a = x.shape().axis("cumSum", axis);
    return Scope.tidy(() -> Op.apply(new CumSum(a, reverse), countable(x)));
  }

  /** Keeps the reduced axes with extent 1. */
  private static final class ReduceOp extends Op {
    private final Reduction f;
    private final int[] axes;
    private Shape from;

    ReduceOp(Reduction f, int[] axes) {
      this.f = f;
      this.axes = axes;
    }

    @Override
    public String name() {
      return f.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    protected Shape infer(Tensor[] in) {
      from = in[0].shape();
      return from.reduce(axes, true);
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.reduce(f, out, in[0]);
    }

    @Override
    protected Tensor batch(Batch b) {
      int[] inner = java.util.Arrays.stream(axes).map(a -> a + 1).toArray();
      return Op.apply(new ReduceOp(f, inner), b.get(0));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      if (f == Reduction.SUM) {
        return new Tensor[] {g.expand(from)};
      }
      Tensor hit = in[0].eq(out).to(g.dtype());
      return new Tensor[] {g.div(hit.sum(axes, true)).mul(hit)};
    }

    @Override
    public boolean keepsInput(int i) {
      return f != Reduction.SUM;
    }

    @Override
    public boolean keepsOutput() {
      return f != Reduction.SUM;
    }
  }

  private static final class CumSum extends Op {
    private final int axis;
    private final boolean reverse;

    CumSum(int axis, boolean reverse) {
      this.axis = axis;
      this.reverse = reverse;
    }

    @Override
    public String name() {
      return "cumSum";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[0].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.cumSum(out, in[0], axis, reverse);
    }

    @Override
    protected Tensor batch(Batch b) {
      return cumSum(b.get(0), axis + 1, reverse);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {cumSum(g, axis, !reverse)};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }
}
