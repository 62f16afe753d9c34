package org.jacana.backend.cpu;

/**
 * Adam with its step's numbers: m = b1 m + (1 - b1) d and v = b2 v + (1 - b2) d^2 with d = g + pull
 * w, then w = shrink w - rate m / (scale sqrt(v) + epsilon).
 */
record AdamRule(
    double b1, double b2, float rate, float scale, float epsilon, float shrink, float pull) {

  /** From the corrections 1 - b1^t and 1 - b2^t of step t. */
  static AdamRule of(
      float lr,
      double[] corrections,
      double b1,
      double b2,
      float epsilon,
      float decay,
      boolean decoupled) {
    return new AdamRule(
        b1,
        b2,
        (float) (lr / corrections[0]),
        (float) (1 / Math.sqrt(corrections[1])),
        epsilon,
        decoupled ? 1 - lr * decay : 1,
        decoupled ? 0 : decay);
  }
}
