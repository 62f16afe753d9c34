package org.jacana.nn;

import java.util.Collection;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** A rule that weights are brought back to after each step, in place. */
@FunctionalInterface
public interface Constraint {
  /** The nearest allowed values; called unrecorded, in a scope of its own. */
  Tensor project(Tensor weight);

  /** Overwrites each weight with its projection. */
  default void apply(Collection<Tensor> weights) {
    for (Tensor w : weights) {
      try (Scope scope = Scope.open(w.device());
          Autograd.Mode off = Autograd.noGrad()) {
        w.assign(project(w.detach()));
      }
    }
  }

  /**
   * Units no longer than {@code most} (Srivastava et al. 2014, section 5.1): rows of [out, in],
   * filters of [O, KH, KW, C], whole vectors.
   */
  static Constraint maxNorm(double most) {
    Check.notNegative("maxNorm", "the norm", most);
    return w -> {
      Tensor norm = Units.squares(w).sqrt();
      Tensor scaled = w.mul(norm.rdiv(most));
      return Tensor.where(norm.gt(most).expand(w.shape()), scaled, w);
    };
  }

  /** Units of length 1; units of zeros stay. */
  static Constraint unitNorm() {
    return w -> {
      Tensor norm = Units.squares(w).sqrt();
      return w.div(Tensor.where(norm.eq(0), norm.onesLike(), norm));
    };
  }

  /** No value below 0. */
  static Constraint notNegative() {
    return w -> w.maximum(0);
  }
}
