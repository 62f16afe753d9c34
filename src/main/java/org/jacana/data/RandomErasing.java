package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Covers, with a probability, a rectangle of random area and aspect ratio inside the image (Zhong
 * et al., "Random erasing data augmentation", AAAI 2020).
 *
 * @param probability 0 to 1
 * @param leastArea smallest part of the image's area, above 0
 * @param mostArea largest part of the image's area, at most 1
 * @param mostRatio largest ratio of width to height, at least 1; its inverse is the smallest
 * @param value what covers it
 */
public record RandomErasing(
    double probability, double leastArea, double mostArea, double mostRatio, double value)
    implements Transform {
  private static final int TRIES = 10;

  public RandomErasing {
    Grid.requireProbability("randomErasing", probability);
    Grid.requireRange("randomErasing", "area", leastArea, mostArea, Double.MIN_VALUE);
    Grid.requireRange("randomErasing", "ratio", 1, mostRatio, 1);
    if (mostArea > 1) {
      throw new IllegalArgumentException(
          "randomErasing: the area is at most 1, the whole image, got " + mostArea);
    }
  }

  /** 2 % to 33 % of the area, ratio 0.3 to 3.3, covered with zeros. */
  public RandomErasing(double probability) {
    this(probability, 0.02, 0.33, 1 / 0.3, 0);
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("randomErasing", input);
    return input;
  }

  @Override
  public int parameters(Shape input) {
    return Box.NUMBERS;
  }

  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    Box.set(p, at, input, 0, 0, 0, 0);
    if (!random.chance(probability)) {
      return;
    }
    int h = input.dim(0);
    int w = input.dim(1);
    for (int i = 0; i < TRIES; i++) {
      double area = random.between(leastArea, mostArea) * h * w;
      double log = StrictMath.log(mostRatio);
      double ratio = StrictMath.exp(random.between(-log, log));
      int columns = (int) Math.round(Math.sqrt(area * ratio));
      int rows = (int) Math.round(Math.sqrt(area / ratio));
      if (columns <= w && rows <= h) {
        int top = random.below(h - rows + 1);
        Box.set(p, at, input, top, random.below(w - columns + 1), rows, columns);
        return;
      }
    }
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    Box.fill(input, x, p, at, (float) value, y, to);
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(() -> Tensor.where(Box.outside(x, p), x, value));
  }
}
