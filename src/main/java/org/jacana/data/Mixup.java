package org.jacana.data;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Mixes each example with another one of its batch, and their classes alike: l x + (1 - l) x', l ~
 * Beta(alpha, alpha) once for a batch, x' from a random permutation of it (Zhang et al., "mixup:
 * beyond empirical risk minimization", ICLR 2018).
 *
 * @param alpha at least 0; 0 mixes nothing, 1 is uniform, 0.2 the paper's choice for ImageNet
 */
public record Mixup(double alpha) implements BatchTransform {
  public Mixup {
    Grid.requireRange("mixup", "alpha", 0, alpha, 0);
  }

  @Override
  public int parameters(int n) {
    return 1 + n;
  }

  /** l, then whom each example is mixed with. */
  @Override
  public void draw(Draws random, int n, Shape example, float[] p) {
    p[0] = (float) random.beta(alpha);
    partners(random, n, p, 1);
  }

  static void partners(Draws random, int n, float[] p, int at) {
    for (int i = 0; i < n; i++) {
      int j = random.below(i + 1);
      p[at + i] = p[at + j];
      p[at + j] = i;
    }
  }

  @Override
  public void apply(
      Shape example, int n, float[] x, float[] y, int classes, float[] p, float[] spare) {
    blend(x, n, (int) example.size(), p[0], p, 1, spare);
    blend(y, n, classes, p[0], p, 1, spare);
  }

  /** Mixes rows of {@code size} numbers; {@code p[at]} on are the partners. */
  static void blend(float[] x, int n, int size, float l, float[] p, int at, float[] spare) {
    System.arraycopy(x, 0, spare, 0, n * size);
    for (int i = 0; i < n; i++) {
      int other = (int) p[at + i] * size;
      for (int k = 0; k < size; k++) {
        x[i * size + k] = spare[i * size + k] * l + spare[other + k] * (1 - l);
      }
    }
  }

  @Override
  public Mixed apply(Tensor x, Tensor y, Tensor p) {
    int n = x.shape().dim(0);
    Tensor l = p.slice(0, 0, 1);
    Tensor partners = p.slice(0, 1, 1 + n).to(DType.I32);
    return new Mixed(blend(x, l, partners), blend(y, l, partners));
  }

  static Tensor blend(Tensor x, Tensor l, Tensor partners) {
    int[] ones = new int[x.rank()];
    Arrays.fill(ones, 1);
    return Scope.tidy(
        () -> {
          Tensor weight = l.reshape(ones);
          return x.mul(weight).add(x.indexSelect(0, partners).mul(weight.rsub(1)));
        });
  }
}
