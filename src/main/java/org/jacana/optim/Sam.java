package org.jacana.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Sharpness-aware minimisation (Foret et al. 2021): steps with the gradient at w + rho g / |g|, |g|
 * being the norm of all gradients together. Adaptive (Kwon et al. 2021): at w + rho w^2 g / |w g|.
 * The optimizer stays the caller's. This is no {@link Optimizer} itself, because a step needs the
 * loss twice, where an optimizer is given gradients: loops that call {@code step()} cannot use it.
 *
 * @param optimizer makes the step
 * @param rho the size of the disturbance, at least 0; 0.05 in the paper, 0.5 to 2 when adaptive
 * @param adaptive measure it in parts of each weight
 */
public record Sam(Optimizer optimizer, double rho, boolean adaptive) {
  public Sam {
    if (!(rho >= 0) || Double.isInfinite(rho)) {
      throw new IllegalArgumentException("sam: rho must be finite and not negative, got " + rho);
    }
  }

  /**
   * One step, with two gradients; the parameters' own {@code grad()} is not touched.
   *
   * @param loss computes a scalar of the present parameters; every parameter must take part
   * @return the loss before the step
   */
  public double step(Supplier<Tensor> loss) {
    List<Tensor> ws = optimizer.parameters();
    try (Scope scope = Scope.open();
        Copies start = new Copies("sam", ws, false)) {
      double value;
      try {
        Tensor y = loss.get();
        List<Tensor> gs = Autograd.grad(y, ws);
        value = y.item();
        disturb(ws, gs);
        gs = Autograd.grad(loss.get(), ws);
        start.restore();
        optimizer.step(gs);
      } catch (RuntimeException | Error e) {
        start.restore();
        throw e;
      }
      return value;
    }
  }

  private void disturb(List<Tensor> ws, List<Tensor> gs) {
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      List<Tensor> scaled = new ArrayList<>();
      for (int i = 0; i < gs.size(); i++) {
        scaled.add(adaptive ? gs.get(i).mul(ws.get(i).detach()) : gs.get(i));
      }
      double norm = Clip.norm(scaled, 2);
      for (int i = 0; norm > 0 && i < gs.size(); i++) {
        Tensor w = ws.get(i).detach();
        Tensor e = adaptive ? w.square().mul(gs.get(i)) : gs.get(i);
        ws.get(i).assign(w.add(e.mul(rho / norm)));
      }
    }
  }
}
