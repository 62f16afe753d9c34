package org.jacana.data;

import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Brings images to one size: linear between pixels where they grow, averaged over all pixels where
 * they shrink (antialiased, as in Pillow and torchvision).
 */
public final class Resize implements Transform {
  private final int height;
  private final int width;
  private volatile Plan plan;

  private record Plan(Resampling rows, Resampling columns) {}

  /** To so many rows and columns. */
  public Resize(int height, int width) {
    Grid.requirePositive("resize", "height", height);
    Grid.requirePositive("resize", "width", width);
    this.height = height;
    this.width = width;
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("resize", input);
    return Shape.of(height, width, input.dim(2));
  }

  private Plan plan(Shape input) {
    Plan p = plan;
    if (p == null || p.rows.in != input.dim(0) || p.columns.in != input.dim(1)) {
      p = new Plan(new Resampling(input.dim(0), height), new Resampling(input.dim(1), width));
      plan = p;
    }
    return p;
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    Plan weights = plan(input);
    int channels = input.dim(2);
    Spare stack = Spare.get();
    int mark = stack.mark();
    try {
      float[] narrow = stack.take(input.dim(0) * width * channels);
      weights.columns.apply(input.dim(0), channels, x, narrow, 0);
      weights.rows.apply(1, width * channels, narrow, y, to);
    } finally {
      stack.back(mark);
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    // A training step may run its products with fewer bits than a picture needs.
    return Precision.FP32.run(x.device(), () -> Scope.tidy(() -> resized(x)));
  }

  private Tensor resized(Tensor x) {
    int n = x.shape().dim(0);
    int h = x.shape().dim(1);
    int w = x.shape().dim(2);
    int c = x.shape().dim(3);
    Tensor columns = Resampling.matrix(w, width).matmul(x.reshape(n * h, w, c));
    Tensor rows = Resampling.matrix(h, height).matmul(columns.reshape(n, h, width * c));
    return rows.reshape(n, height, width, c);
  }

  @Override
  public String toString() {
    return "Resize[" + height + "x" + width + "]";
  }
}
