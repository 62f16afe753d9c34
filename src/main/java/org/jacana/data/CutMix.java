package org.jacana.data;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Puts a rectangle of another image of the batch into each image, the same rectangle for all; the
 * classes are mixed by area (Yun et al., "CutMix: regularization strategy to train strong
 * classifiers with localizable features", ICCV 2019). The area is 1 - l of the image, l ~
 * Beta(alpha, alpha), before the rectangle is cut off at the border.
 *
 * @param alpha at least 0; 0 mixes nothing, 1, the paper's choice, is uniform
 */
public record CutMix(double alpha) implements BatchTransform {
  private static final int PARTNERS = 1 + Box.NUMBERS;

  public CutMix {
    Grid.requireRange("cutMix", "alpha", 0, alpha, 0);
  }

  @Override
  public int parameters(int n) {
    return PARTNERS + n;
  }

  /** The part that is the image's own, the rectangle, then whom each image is mixed with. */
  @Override
  public void draw(Draws random, int n, Shape example, float[] p) {
    Grid.requireImage("cutMix", example);
    double side = Math.sqrt(1 - random.beta(alpha));
    int rows = (int) (example.dim(0) * side);
    int columns = (int) (example.dim(1) * side);
    int top = random.below(example.dim(0)) - rows / 2;
    int left = random.below(example.dim(1)) - columns / 2;
    Box.set(p, 1, example, top, left, rows, columns);
    p[0] = 1 - (p[3] - p[1]) * (p[4] - p[2]) / (example.dim(0) * example.dim(1));
    Mixup.partners(random, n, p, PARTNERS);
  }

  @Override
  public void apply(
      Shape example, int n, float[] x, float[] y, int classes, float[] p, float[] spare) {
    int size = (int) example.size();
    int row = example.dim(1) * example.dim(2);
    int from = (int) p[2] * example.dim(2);
    int length = ((int) p[4] - (int) p[2]) * example.dim(2);
    System.arraycopy(x, 0, spare, 0, n * size);
    for (int i = 0; i < n; i++) {
      int other = (int) p[PARTNERS + i] * size;
      for (int r = (int) p[1]; r < (int) p[3]; r++) {
        int place = r * row + from;
        System.arraycopy(spare, other + place, x, i * size + place, length);
      }
    }
    Mixup.blend(y, n, classes, p[0], p, PARTNERS, spare);
  }

  @Override
  public Mixed apply(Tensor x, Tensor y, Tensor p) {
    int n = x.shape().dim(0);
    Tensor partners = p.slice(0, PARTNERS, PARTNERS + n).to(DType.I32);
    Tensor mixed =
        Scope.tidy(
            () -> {
              Tensor outside = Box.outside(x, p.slice(0, 1, PARTNERS).reshape(1, Box.NUMBERS));
              return Tensor.where(outside, x, x.indexSelect(0, partners));
            });
    return new Mixed(mixed, Mixup.blend(y, p.slice(0, 0, 1), partners));
  }
}
