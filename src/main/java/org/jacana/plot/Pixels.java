package org.jacana.plot;

import java.awt.image.BufferedImage;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.data.ImageData;

/** Pixels of data and tensors as images, one pixel each. */
public final class Pixels {
  private Pixels() {}

  /**
   * One image of a data set, grey or coloured.
   *
   * @throws IllegalArgumentException if there is no such image or it has neither 1 nor 3 channels
   */
  public static BufferedImage of(ImageData data, int index) {
    int c = data.channels();
    if (c != 1 && c != 3) {
      throw new IllegalArgumentException(
          "pixels: pictures show 1 or 3 channels, " + data.name() + " has " + c);
    }
    if (index < 0 || index >= data.count()) {
      throw new IllegalArgumentException(
          "pixels: image " + index + " is not in 0.." + (data.count() - 1) + " of " + data.name());
    }
    int w = data.width();
    BufferedImage out = new BufferedImage(w, data.height(), BufferedImage.TYPE_INT_RGB);
    int at = index * data.imageSize();
    byte[] p = data.pixels();
    for (int y = 0; y < data.height(); y++) {
      for (int x = 0; x < w; x++, at += c) {
        int red = p[at] & 255;
        int rgb = c == 1 ? red * 0x010101 : red << 16 | (p[at + 1] & 255) << 8 | p[at + 2] & 255;
        out.setRGB(x, y, rgb);
      }
    }
    return out;
  }

  /**
   * Numbers as colours.
   *
   * @param values [H, W] or [H, W, 1]
   * @param low what gets the first colour
   * @param high what gets the last colour, above low
   * @throws IllegalArgumentException if the shape or the range is not so; NaN becomes grey
   */
  public static BufferedImage of(Tensor values, double low, double high, ColorMap colors) {
    Shape s = values.shape();
    if (!(s.rank() == 2 || s.rank() == 3 && s.dim(2) == 1)) {
      throw new IllegalArgumentException("pixels: values must be [H, W] or [H, W, 1], got " + s);
    }
    range(low, high);
    double[] v = values.doubles();
    return fill(s, i -> Double.isNaN(v[i]) ? 0xd0d0d0 : colors.rgb((v[i] - low) / (high - low)));
  }

  /**
   * Red, green and blue from numbers.
   *
   * @param values [H, W, 3]
   * @param low what becomes 0
   * @param high what becomes 255, above low
   */
  public static BufferedImage color(Tensor values, double low, double high) {
    Shape s = values.shape();
    if (s.rank() != 3 || s.dim(2) != 3) {
      throw new IllegalArgumentException("pixels: values must be [H, W, 3], got " + s);
    }
    range(low, high);
    double[] v = values.doubles();
    return fill(
        s,
        i -> {
          int rgb = 0;
          for (int c = 0; c < 3; c++) {
            double unit = Math.max(0, Math.min(1, (v[3 * i + c] - low) / (high - low)));
            rgb = rgb << 8 | (int) Math.round(255 * unit);
          }
          return rgb;
        });
  }

  private static void range(double low, double high) {
    if (!(low < high) || Double.isInfinite(high - low)) {
      throw new IllegalArgumentException(
          "pixels: the range needs low < high, both finite, got " + low + " and " + high);
    }
  }

  private interface Colored {
    int at(int pixel);
  }

  private static BufferedImage fill(Shape s, Colored color) {
    int h = s.dim(0);
    int w = s.dim(1);
    if (h < 1 || w < 1) {
      throw new IllegalArgumentException("pixels: there is no pixel in " + s);
    }
    BufferedImage out = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < h * w; i++) {
      out.setRGB(i % w, i / w, color.at(i));
    }
    return out;
  }
}
