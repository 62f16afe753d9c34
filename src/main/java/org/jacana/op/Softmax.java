package org.jacana.op;

import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/**
 * Softmax and its logarithm over the last axis, shifted by the maximum so that nothing overflows.
 */
public final class Softmax extends Op {
  private final boolean log;

  private Softmax(boolean log) {
    this.log = log;
  }

  public static Tensor softmax(Tensor x, int axis) {
    return apply(false, x, axis);
  }

  public static Tensor logSoftmax(Tensor x, int axis) {
    return apply(true, x, axis);
  }

  private static Tensor apply(boolean log, Tensor x, int axis) {
    if (Precision.raises(x)) {
      return Composite.on(x, () -> apply(log, Precision.raise(x), axis));
    }
    int a = x.shape().axis(log ? "logSoftmax" : "softmax", axis);
    if (a == x.rank() - 1 && x.dtype().isFloat()) {
      return Op.apply(new Softmax(log), x);
    }
    return Scope.tidy(
        () -> {
          Tensor rows = x.to(x.dtype().toFloat()).transpose(a, -1);
          return Op.apply(new Softmax(log), rows).transpose(a, -1);
        });
  }

  @Override
  public String name() {
    return log ? "logSoftmax" : "softmax";
  }

  @Override
  protected Shape infer(Tensor[] in) {
    return in[0].shape();
  }

  @Override
  protected Tensor forward(Tensor[] in) {
    Tensor x = in[0];
    Tensor y = Tensor.allocate(x.backend(), x.shape(), x.dtype());
    if (x.size() == 0 || x.backend().softmax(log, y.view(), x.view())) {
      return y;
    }
    y.close();
    return Autograd.noGrad(() -> Scope.tidy(() -> plain(x)));
  }

  @Override
  protected Tensor batch(Batch b) {
    return Op.apply(new Softmax(log), b.get(0));
  }

  private Tensor plain(Tensor x) {
    Tensor shifted = x.sub(x.max(new int[] {-1}, true));
    if (log) {
      return shifted.sub(shifted.exp().sum(new int[] {-1}, true).log());
    }
    Tensor e = shifted.exp();
    return e.div(e.sum(new int[] {-1}, true));
  }

  @Override
  protected void run(Backend backend, View out, View[] in) {
    throw new IllegalStateException("softmax: runs through forward");
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor y, Tensor g, boolean[] needs) {
    if (!Autograd.recording() && !Batching.any(y, g)) {
      Tensor dx = Tensor.allocate(y.backend(), y.shape(), y.dtype());
      if (y.backend().softmaxGrad(log, dx.view(), g.view(), y.view())) {
        return new Tensor[] {dx};
      }
      dx.close();
    }
    int[] last = {-1};
    return new Tensor[] {
      log ? g.sub(y.exp().mul(g.sum(last, true))) : y.mul(g.sub(g.mul(y).sum(last, true)))
    };
  }

  @Override
  public boolean keepsInput(int i) {
    return false;
  }

  @Override
  public boolean keepsOutput() {
    return true;
  }
}
