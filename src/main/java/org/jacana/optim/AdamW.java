package org.jacana.optim;

import java.util.List;
import org.jacana.Tensor;

/** {@link Adam} with decoupled weight decay (Loshchilov and Hutter 2019). */
public final class AdamW {
  private AdamW() {}

  /** Learning rate 0.001, betas 0.9 and 0.999, epsilon 1e-8, weight decay 0.01. */
  public static Adam of(List<Tensor> parameters) {
    return new Adam("adamw", parameters, true, 0.01);
  }
}
