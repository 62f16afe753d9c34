package org.jacana.nn;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** The logits of chosen classes. */
final class Scores {
  private Scores() {}

  /** Their sum over the batch: images do not mix in eval mode, so neither do their gradients. */
  static Tensor of(String op, Tensor logits, int[] classes) {
    Shape s = logits.shape();
    if (s.rank() != 2 || s.dim(1) < 1) {
      throw new IllegalArgumentException(
          op + ": the model must give logits [N, classes], it gives " + s);
    }
    return logits.gather(1, index(op, logits, classes)).sum();
  }

  private static Tensor index(String op, Tensor logits, int[] classes) {
    if (classes == null) {
      return Autograd.noGrad(() -> logits.detach().argmax(1, true));
    }
    int n = logits.shape().dim(0);
    int k = logits.shape().dim(1);
    if (classes.length != n) {
      throw new IllegalArgumentException(
          op + ": " + classes.length + " classes for " + n + " images; give one for each");
    }
    for (int c : classes) {
      if (c < 0 || c >= k) {
        throw new IllegalArgumentException(
            op + ": class " + c + " is not in 0.." + (k - 1) + " of the logits " + logits.shape());
      }
    }
    return Tensor.of(classes, n, 1);
  }
}
