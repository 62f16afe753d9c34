package org.jacana.op;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Node;
import org.jacana.backend.Backend;
import org.jacana.backend.PoolSpec;
import org.jacana.backend.View;

/**
 * Max and average pooling over [N,H,W,C]; their gradients are linear and each other's transposes.
 */
public final class Pool {
  private Pool() {}

  public static Tensor max(PoolSpec s, Tensor x) {
    requireFloat("maxPool2d", x);
    return Op.apply(new Max(s), x);
  }

  public static Tensor average(PoolSpec s, Tensor x) {
    requireFloat("avgPool2d", x);
    return Op.apply(new Average(s), x);
  }

  private static void requireFloat(String op, Tensor x) {
    if (!x.dtype().isFloat()) {
      throw new IllegalArgumentException(
          op + ": needs a float tensor, got " + x.dtype() + "; cast with to(DType.F32)");
    }
  }

  private static final class Max extends Op {
    private final PoolSpec s;
    private Shape x;
    private Tensor index;

    Max(PoolSpec s) {
      this.s = s;
    }

    @Override
    public String name() {
      return "maxPool2d";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      x = in[0].shape();
      return s.output("maxPool2d", x);
    }

    @Override
    protected Tensor forward(Tensor[] in) {
      DType type = s.kernelH() * s.kernelW() <= 256 ? DType.U8 : DType.I32;
      index = Scope.release(Tensor.allocate(in[0].backend(), infer(in), type));
      try {
        return super.forward(in);
      } catch (RuntimeException | Error e) {
        index.close();
        throw e;
      }
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.maxPool(s, out, index.view(), in[0]);
    }

    @Override
    protected Tensor batch(Batch b) {
      Max all = new Max(s);
      Tensor x = b.folded(0);
      Tensor y = all.forward(new Tensor[] {x});
      // This operation keeps the positions for the parts, the other one for the whole.
      index = Scope.release(Tensor.part(b.unfolded(all.index), b.level));
      if (x.requiresGrad() && Autograd.recording()) {
        Node.record(all, new Tensor[] {x}, y);
      } else {
        all.release();
      }
      return b.unfolded(y);
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {Op.apply(new MaxGrad(s, x), g, index)};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }

    @Override
    public void release() {
      if (index != null) {
        index.close();
      }
    }
  }

  private static final class MaxGrad extends Op {
    private final PoolSpec s;
    private final Shape x;

    MaxGrad(PoolSpec s, Shape x) {
      this.s = s;
      this.x = x;
    }

    @Override
    public String name() {
      return "maxPool2d grad";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return x;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.maxPoolGrad(s, out, in[0], in[1]);
    }

    @Override
    protected Tensor batch(Batch b) {
      Shape all = x.with(0, Math.multiplyExact(b.n, x.dim(0)));
      return b.unfolded(Op.apply(new MaxGrad(s, all), b.folded(0), b.folded(1)));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {Op.apply(new MaxGather(s, x), g, in[1]), null};
    }

    @Override
    public boolean keepsInput(int i) {
      return i == 1;
    }
  }

  private static final class MaxGather extends Op {
    private final PoolSpec s;
    private final Shape x;

    MaxGather(PoolSpec s, Shape x) {
      this.s = s;
      this.x = x;
    }

    @Override
    public String name() {
      return "maxPool2d gather";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return in[1].shape();
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.maxPoolGather(s, out, in[0], in[1]);
    }

    @Override
    protected Tensor batch(Batch b) {
      Shape all = x.with(0, Math.multiplyExact(b.n, x.dim(0)));
      return b.unfolded(Op.apply(new MaxGather(s, all), b.folded(0), b.folded(1)));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {Op.apply(new MaxGrad(s, x), g, in[1]), null};
    }

    @Override
    public boolean keepsInput(int i) {
      return i == 1;
    }
  }

  private static final class Average extends Op {
    private final PoolSpec s;
    private Shape x;

    Average(PoolSpec s) {
      this.s = s;
    }

    @Override
    public String name() {
      return "avgPool2d";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      x = in[0].shape();
      return s.output("avgPool2d", x);
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.avgPool(s, out, in[0]);
    }

    @Override
    protected Tensor batch(Batch b) {
      return b.unfolded(average(s, b.folded(0)));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {Op.apply(new AverageGrad(s, x), g)};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }

  private static final class AverageGrad extends Op {
    private final PoolSpec s;
    private final Shape x;

    AverageGrad(PoolSpec s, Shape x) {
      this.s = s;
      this.x = x;
    }

    @Override
    public String name() {
      return "avgPool2d grad";
    }

    @Override
    protected Shape infer(Tensor[] in) {
      return x;
    }

    @Override
    protected void run(Backend backend, View out, View[] in) {
      backend.avgPoolGrad(s, out, in[0]);
    }

    @Override
    protected Tensor batch(Batch b) {
      Shape all = x.with(0, Math.multiplyExact(b.n, x.dim(0)));
      return b.unfolded(Op.apply(new AverageGrad(s, all), b.folded(0)));
    }

    @Override
    public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
      return new Tensor[] {average(s, g)};
    }

    @Override
    public boolean keepsInput(int i) {
      return false;
    }
  }
}
