package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Adds independent normal noise to every value. The noise is drawn on the host, also for a device,
 * which costs as much to send as the batch itself. Host and device give the same bits.
 *
 * @param deviation standard deviation, not negative
 */
public record GaussianNoise(double deviation) implements Transform {
  public GaussianNoise {
    Grid.requireRange("gaussianNoise", "deviation", 0, deviation, 0);
  }

  @Override
  public int parameters(Shape input) {
    return Math.toIntExact(input.size());
  }

  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    random.normals(deviation, p, at, (int) input.size());
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    for (int i = 0; i < input.size(); i++) {
      y[to + i] = x[i] + p[at + i];
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(() -> x.add(p.reshape(x.shape())));
  }
}
