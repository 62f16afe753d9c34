package org.jacana.nn;

import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Watch;

/**
 * Neighbouring layers of a sequence computed at once, with the same result and fewer passes over
 * memory:
 *
 * <ul>
 *   <li>a convolution, linear layer or batch norm with the rectifier after it;
 *   <li>a rectifier with the max pooling after it, in the other order: both orders have the same
 *       values and gradients, and the pooled image is smaller;
 *   <li>without gradients, a convolution with the batch norm after it, whose running statistics are
 *       multiplied into the filters (the last bits may differ).
 * </ul>
 *
 * <p>Where somebody observes modules or operations, every layer runs by itself.
 */
final class Fusion {
  private Fusion() {}

  /** Whether nobody would miss the layers' own outputs. */
  static boolean allowed() {
    return !Module.observed() && !Watch.on();
  }

  /** How many layers from position {@code i} on are computed at once. */
  static int length(List<Module> layers, int i) {
    Module first = layers.get(i);
    if (folds(layers, i)) {
      return relu(layers, i + 2) && !pool(layers, i + 3) ? 3 : 2;
    }
    if (relu(layers, i) && pool(layers, i + 1)) {
      return 2;
    }
    boolean pooled = pool(layers, i + 2) && !(first instanceof BatchNorm);
    return first instanceof Rectifying && relu(layers, i + 1) && !pooled ? 2 : 1;
  }

  private static boolean relu(List<Module> layers, int i) {
    return i < layers.size() && layers.get(i) instanceof Activation a && a.isRelu();
  }

  private static boolean pool(List<Module> layers, int i) {
    return i < layers.size() && layers.get(i) instanceof MaxPool2d;
  }

  private static boolean folds(List<Module> layers, int i) {
    return layers.get(i) instanceof Conv2d
        && i + 1 < layers.size()
        && layers.get(i + 1) instanceof BatchNorm norm
        && !norm.isTraining()
        && !Autograd.recording();
  }

  /** The output of layers {@code i} to {@code i + length - 1}; length is 2 or 3. */
  static Tensor apply(List<Module> layers, int i, int length, Tensor x) {
    if (folds(layers, i)) {
      return ((Conv2d) layers.get(i)).applyFolded(x, (BatchNorm) layers.get(i + 1), length == 3);
    }
    if (relu(layers, i)) {
      Tensor pooled = layers.get(i + 1).apply(x);
      Tensor y = layers.get(i).apply(pooled);
      if (Scope.current().owns(pooled)) {
        pooled.close();
      }
      return y;
    }
    return ((Rectifying) layers.get(i)).applyRelu(x);
  }
}
