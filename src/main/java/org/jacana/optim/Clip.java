package org.jacana.optim;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Limits gradients in place, between backward and step. Every method takes gradients as tensors;
 * those of parameters are {@link #gradients}.
 */
public final class Clip {
  private Clip() {}

  /** The gradients that these parameters have; parameters without one are left out. */
  public static List<Tensor> gradients(List<Tensor> parameters) {
    List<Tensor> gs = new ArrayList<>();
    for (Tensor p : parameters) {
      if (p.grad() != null) {
        gs.add(p.grad());
      }
    }
    return gs;
  }

  /**
   * Limits every element to -bound..bound.
   *
   * @throws IllegalArgumentException if the bound is negative or not finite
   */
  public static void byValue(List<Tensor> gradients, double bound) {
    notNegative("byValue", "bound", bound);
    requireGradients("byValue", gradients);
    for (Tensor g : gradients) {
      change(g, () -> g.clamp(-bound, bound));
    }
  }

  /** {@link #byNorm(List, double, double, boolean)} of the 2-norm, letting bad norms pass. */
  public static double byNorm(List<Tensor> gradients, double most) {
    return byNorm(gradients, most, 2, false);
  }

  /**
   * Scales all gradients by min(1, most / (norm + 1e-6)), norm being that of all elements together
   * (Pascanu et al. 2013; PyTorch's clip_grad_norm_). One pass reads them, all norms come to the
   * host together; a second pass writes only if the norm is too large.
   *
   * @param order 1 or larger; infinity means the largest absolute value
   * @param refuseNonFinite throw, and change nothing, when the norm is infinite or NaN; otherwise
   *     such a norm makes the gradients 0 or NaN, as in PyTorch
   * @return the norm before the change; 0 for no gradients
   * @throws IllegalArgumentException if a number is out of range
   * @throws ArithmeticException if the norm is not finite and that is refused
   */
  public static double byNorm(
      List<Tensor> gradients, double most, double order, boolean refuseNonFinite) {
    notNegative("byNorm", "the norm", most);
    if (!(order >= 1)) {
      throw new IllegalArgumentException("byNorm: the order must be at least 1, got " + order);
    }
    requireGradients("byNorm", gradients);
    double norm = norm(gradients, order);
    if (refuseNonFinite && !Double.isFinite(norm)) {
      throw new ArithmeticException(
          "byNorm: the gradients' norm is "
              + norm
              + "; lower the learning rate or the loss scale, or skip this step");
    }
    double factor = most / (norm + 1e-6);
    if (!(factor >= 1)) {
      for (Tensor g : gradients) {
        change(g, () -> g.mul(factor));
      }
    }
    return norm;
  }

  static double norm(List<Tensor> gradients, double order) {
    if (gradients.isEmpty()) {
      return 0;
    }
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      List<Tensor> parts = new ArrayList<>();
      for (Tensor g : gradients) {
        if (g.size() == 0) {
          continue;
        }
        Tensor x = g.dtype() == DType.F64 ? g : g.to(DType.F32);
        Tensor part =
            order == 2
                ? x.square().sum()
                : order == 1
                    ? x.abs().sum()
                    : order == Double.POSITIVE_INFINITY ? x.abs().max() : x.abs().pow(order).sum();
        // A shared type lets all parts be read at once.
        parts.add(part.to(DType.F64).to(gradients.get(0).device()));
      }
      double total = 0;
      double[] values =
          parts.isEmpty() ? new double[0] : Tensor.stack(0, parts.toArray(new Tensor[0])).doubles();
      for (double v : values) {
        total = order == Double.POSITIVE_INFINITY ? Math.max(total, v) : total + v;
      }
      return order == Double.POSITIVE_INFINITY ? total : Math.pow(total, 1 / order);
    }
  }

  /**
   * Adaptive clipping (Brock et al. 2021, equation 3): each unit's gradient is scaled to at most
   * {@code part} of max(its weights' norm, least). A unit is all that leads to one output: a row of
   * [out, in], a filter of [O, KH, KW, C]; a vector or scalar is one unit.
   *
   * @param parameters those without a gradient are left alone
   * @param part 0.01 in the paper
   * @param least lets zero weights start; 0.001 in the paper
   */
  public static void adaptive(List<Tensor> parameters, double part, double least) {
    notNegative("adaptive", "part", part);
    notNegative("adaptive", "least", least);
    requireGradients("adaptive", gradients(parameters));
    for (Tensor w : parameters) {
      Tensor g = w.grad();
      if (g != null && g.size() > 0) {
        change(
            g,
            () -> {
              Tensor most = Units.norm(w.detach()).maximum(least).mul(part);
              Tensor norm = Units.norm(g);
              Tensor scaled = g.mul(most.div(norm.maximum(1e-6)));
              return Tensor.where(norm.gt(most).expand(g.shape()), scaled, g);
            });
      }
    }
  }

  private interface Change {
    Tensor of();
  }

  private static void change(Tensor g, Change change) {
    try (Scope scope = Scope.open(g.device());
        Autograd.Mode off = Autograd.noGrad()) {
      g.assign(change.of());
    }
  }

  private static void requireGradients(String what, List<Tensor> gradients) {
    for (int i = 0; i < gradients.size(); i++) {
      Tensor g = gradients.get(i);
      if (g == null) {
        throw new IllegalArgumentException(
            what + ": gradient " + i + " is null; take those of Clip.gradients(parameters)");
      }
      g.requireOpen(what + ": gradient " + i, 0);
      if (!g.dtype().isFloat()) {
        throw new IllegalArgumentException(
            what + ": gradient " + i + " must have a float type, got " + g.dtype());
      }
    }
  }

  private static void notNegative(String method, String what, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          method + ": " + what + " must be finite and not negative, got " + value);
    }
  }
}
