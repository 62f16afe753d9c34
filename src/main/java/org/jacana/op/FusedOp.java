package org.jacana.op;

import java.util.ArrayList;
import java.util.List;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.View;

/**
 * An operation with a kernel of its own where a backend has one, and a composite twin in tensor
 * language: the twin runs where there is no kernel, and gives the higher derivatives.
 */
abstract class FusedOp extends Op {
  /** The same value from recorded operations. */
  protected abstract Tensor composite(Tensor[] in);

  @Override
  public Tensor unfused(Tensor[] in) {
    return composite(in);
  }

  /** Runs the kernel; false where the backend has none for this case. */
  protected abstract boolean kernel(Backend backend, View out, View[] in);

  /** The gradients by a kernel, or null where the backend has none. Never recorded. */
  protected abstract Tensor[] kernelGrad(Tensor[] in, Tensor out, Tensor g, boolean[] needs);

  @Override
  protected void run(Backend backend, View out, View[] in) {
    throw new IllegalStateException(name() + ": runs through forward");
  }

  @Override
  protected Tensor forward(Tensor[] in) {
    Tensor out = Tensor.allocate(in[0].backend(), infer(in), inferType(in));
    View[] views = new View[in.length];
    for (int i = 0; i < in.length; i++) {
      views[i] = in[i].view();
    }
    try {
      if (out.size() == 0 || kernel(in[0].backend(), out.view(), views)) {
        return out;
      }
    } catch (RuntimeException | Error e) {
      out.close();
      throw e;
    }
    out.close();
    return Autograd.noGrad(() -> org.jacana.Scope.tidy(() -> composite(in)));
  }

  @Override
  public Tensor[] vjp(Tensor[] in, Tensor out, Tensor g, boolean[] needs) {
    boolean higher = Autograd.recording();
    if (!higher && !Batching.any(in) && !Batching.any(g)) {
      Tensor[] gs = kernelGrad(in, out, g, needs);
      if (gs != null) {
        return gs;
      }
    }
    // Views of the inputs as fresh nodes: the derivative is the partial one, yet its graph leads
    // back through the inputs.
    try (Autograd.Mode on = Autograd.enableGrad()) {
      Tensor[] fresh = in.clone();
      List<Tensor> xs = new ArrayList<>();
      for (int i = 0; i < in.length; i++) {
        if (needs[i]) {
          fresh[i] =
              in[i].node() == null
                  ? in[i].detach().requiresGrad(true)
                  : in[i].reshape(in[i].shape());
          xs.add(fresh[i]);
        }
      }
      List<Tensor> found = Autograd.grad(composite(fresh), g, xs, higher, higher, true);
      Tensor[] gs = new Tensor[in.length];
      int k = 0;
      for (int i = 0; i < in.length; i++) {
        gs[i] = needs[i] ? found.get(k++) : null;
      }
      return gs;
    }
  }
}
