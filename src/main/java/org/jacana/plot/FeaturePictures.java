package org.jacana.plot;

import java.util.Arrays;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.linalg.Pca;

/** What a network has learned to look for, and what it sees: one small image for each feature. */
public final class FeaturePictures {
  private FeaturePictures() {}

  /**
   * The filters of a first layer. With one input channel blue is negative, white zero and red
   * positive, with one range for all; with three channels each filter is a coloured image of its
   * own range, in which grey is zero.
   *
   * @param weight [filters, KH, KW, 1 or 3]
   * @throws IllegalArgumentException if it has another shape
   */
  public static Picture filters(String title, Tensor weight) {
    Shape s = weight.shape();
    if (s.rank() != 4 || s.dim(3) != 1 && s.dim(3) != 3 || s.size() == 0) {
      throw new IllegalArgumentException(
          "filters: the weight must be [filters, KH, KW, 1 or 3], got "
              + s
              + "; for one input channel of a deeper layer give weight.slice(3, c, c + 1)");
    }
    try (Scope scope = Scope.open(weight.device());
        Autograd.Mode off = Autograd.noGrad()) {
      double all = largest(weight.doubles());
      boolean color = s.dim(3) == 3;
      ImageGrid grid =
          new ImageGrid(
              color ? title : title + ", -" + Numbers.text(all, 2) + " to " + Numbers.text(all, 2));
      for (int i = 0; i < s.dim(0); i++) {
        Tensor filter = weight.at(i);
        if (color) {
          double r = largest(filter.doubles());
          grid.add(Pixels.color(filter, -r, r));
        } else {
          grid.add(Pixels.of(filter, -all, all, ColorMap.DIVERGING));
        }
      }
      return grid.leastWidth(48).picture();
    }
  }

  private static double largest(double[] values) {
    double most = 0;
    for (double v : values) {
      most = Math.max(most, Math.abs(v));
    }
    return most > 0 ? most : 1;
  }

  /**
   * The channels of a layer's output for one image, dark where small and bright where large, with
   * one range for all; a channel that is dark all over does not react.
   *
   * @param output [h, w, channels] or [1, h, w, channels]
   * @throws IllegalArgumentException if it has another shape or a value is not finite
   */
  public static Picture activations(String title, Tensor output) {
    Shape s = output.shape();
    boolean batch = s.rank() == 4 && s.dim(0) == 1;
    if (!batch && s.rank() != 3 || s.size() == 0) {
      throw new IllegalArgumentException(
          "activations: the output must be [h, w, channels] of one image, got " + s);
    }
    try (Scope scope = Scope.open(output.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor maps = batch ? output.at(0) : output;
      double[] v = maps.doubles();
      if (!Arrays.stream(v).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException("activations: a value is not finite");
      }
      double low = Arrays.stream(v).min().getAsDouble();
      double high = Arrays.stream(v).max().getAsDouble();
      if (high == low) {
        high = low + 1;
      }
      int channels = maps.shape().dim(2);
      String range = Numbers.text(low, 3) + " to " + Numbers.text(high, 3);
      ImageGrid grid = new ImageGrid(title + ", " + range);
      for (int c = 0; c < channels; c++) {
        grid.add(Pixels.of(maps.select(2, c), low, high, ColorMap.VIRIDIS), Integer.toString(c));
      }
      return grid.leastWidth(56).picture();
    }
  }

  /**
   * The mean and the principal components of images, as eigenfaces are shown (Turk and Pentland
   * 1991), with the part of the variance that each explains: blue is negative, red positive.
   *
   * @param pca fitted to rows of height x width pixels
   * @param count how many components at most
   */
  public static Picture components(String title, Pca pca, int height, int width, int count) {
    int d = pca.mean().shape().dim(0);
    if (height < 1 || width < 1 || (long) height * width != d) {
      throw new IllegalArgumentException(
          "components: the data have " + d + " columns, not " + height + " x " + width);
    }
    try (Scope scope = Scope.open(pca.mean().device());
        Autograd.Mode off = Autograd.noGrad()) {
      double[] mean = pca.mean().doubles();
      double[] part = pca.explainedVarianceRatio().doubles();
      double low = Arrays.stream(mean).min().getAsDouble();
      double high = Arrays.stream(mean).max().getAsDouble();
      ImageGrid grid = new ImageGrid(title);
      Tensor image = pca.mean().reshape(height, width);
      grid.add(Pixels.of(image, low, high > low ? high : low + 1, ColorMap.GREY), "mean");
      for (int k = 0; k < Math.min(count, part.length); k++) {
        Tensor row = pca.components().at(k).reshape(height, width);
        double r = largest(row.doubles());
        String caption = (k + 1) + ": " + Numbers.percent(part[k]);
        grid.add(Pixels.of(row, -r, r, ColorMap.DIVERGING), caption);
      }
      return grid.picture();
    }
  }
}
