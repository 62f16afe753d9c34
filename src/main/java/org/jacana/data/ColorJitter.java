package org.jacana.data;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Changes brightness, then contrast, saturation and hue of images with values 0 to 1, so before any
 * {@link Normalization}; results are cut off at 0 and 1. A factor f is uniform on [max(0, 1 - s), 1
 * + s] and mixes an image with black, its mean grey, its own grey: f x + (1 - f) other; the hue
 * turns by a part of the colour circle that is uniform on [-hue, hue]. Grey is 0.2989 red + 0.587
 * green + 0.114 blue. Of images of one channel only brightness and contrast change.
 *
 * @param brightness s of the brightness, at least 0
 * @param contrast s of the contrast, at least 0
 * @param saturation s of the saturation, at least 0
 * @param hue largest turn, 0 to 0.5
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue)
    implements Transform {
  private static final float RED = 0.2989f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  public ColorJitter {
    Grid.requireRange("colorJitter", "brightness", 0, brightness, 0);
    Grid.requireRange("colorJitter", "contrast", 0, contrast, 0);
    Grid.requireRange("colorJitter", "saturation", 0, saturation, 0);
    Grid.requireRange("colorJitter", "hue", 0, hue, 0);
    if (hue > 0.5) {
      throw new IllegalArgumentException(
          "colorJitter: the hue turns by at most 0.5, half the colour circle, got " + hue);
    }
  }

  @Override
  public Shape shape(Shape input) {
    Grid.requireImage("colorJitter", input);
    if (input.dim(2) != 1 && input.dim(2) != 3) {
      throw new IllegalArgumentException(
          "colorJitter: needs images of 1 or 3 channels, got " + input);
    }
    return input;
  }

  @Override
  public int parameters(Shape input) {
    return 4;
  }

  /** Factors of brightness, contrast and saturation, and the turn of the hue. */
  @Override
  public void draw(Draws random, Shape input, float[] p, int at) {
    p[at] = factor(random, brightness);
    p[at + 1] = factor(random, contrast);
    p[at + 2] = factor(random, saturation);
    p[at + 3] = (float) random.between(-hue, hue);
  }

  private static float factor(Draws random, double strength) {
    return (float) random.between(Math.max(0, 1 - strength), 1 + strength);
  }

  private static float cut(float v) {
    return Math.max(0, Math.min(1, v));
  }

  private static float grey(float[] y, int i) {
    return RED * y[i] + GREEN * y[i + 1] + BLUE * y[i + 2];
  }

  @Override
  public void apply(Shape input, float[] x, float[] p, int at, float[] y, int to) {
    int n = (int) input.size();
    int channels = input.dim(2);
    for (int i = 0; i < n; i++) {
      y[to + i] = brightness == 0 ? x[i] : cut(x[i] * p[at]);
    }
    if (contrast > 0) {
      double sum = 0;
      for (int i = to; i < to + n; i += channels) {
        sum += channels == 1 ? y[i] : grey(y, i);
      }
      float mean = (float) (sum / (n / channels));
      blend(y, to, n, p[at + 1], mean);
    }
    if (channels == 1) {
      return;
    }
    for (int i = to; i < to + n; i += 3) {
      if (saturation > 0) {
        blend(y, i, 3, p[at + 2], grey(y, i));
      }
      if (hue > 0) {
        turn(y, i, p[at + 3]);
      }
    }
  }

  private static void blend(float[] y, int from, int n, float factor, float other) {
    for (int i = from; i < from + n; i++) {
      y[i] = cut(y[i] * factor + other * (1 - factor));
    }
  }

  /** Turns the hue of a pixel (the hexcone of Smith, "Color gamut transform pairs", 1978). */
  private static void turn(float[] y, int i, float by) {
    float r = y[i];
    float g = y[i + 1];
    float b = y[i + 2];
    float most = Math.max(r, Math.max(g, b));
    float chroma = most - Math.min(r, Math.min(g, b));
    if (chroma == 0) {
      return;
    }
    float sector =
        most == r ? (g - b) / chroma : most == g ? (b - r) / chroma + 2 : (r - g) / chroma + 4;
    sector = sector + by * 6;
    for (int c = 0; c < 3; c++) {
      float k = sector + (5 - 2 * c);
      k -= 6 * (float) Math.floor(k / 6);
      y[i + c] = most - chroma * Math.max(0, Math.min(1, Math.min(k, 4 - k)));
    }
  }

  @Override
  public boolean hasTensorForm() {
    return true;
  }

  @Override
  public Tensor apply(Tensor x, Tensor p) {
    return Scope.tidy(
        () -> {
          boolean colour = x.shape().dim(3) == 3;
          Tensor y = brightness == 0 ? x : x.mul(Grid.column(p, 0, 4)).clamp(0, 1);
          if (contrast > 0) {
            Tensor grey = colour ? grey(y) : y;
            y = blend(y, Grid.column(p, 1, 4), grey.mean(new int[] {1, 2}, true));
          }
          if (colour && saturation > 0) {
            y = blend(y, Grid.column(p, 2, 4), grey(y));
          }
          return colour && hue > 0 ? turn(y, Grid.column(p, 3, 4)) : y;
        });
  }

  private static Tensor channel(Tensor y, int c) {
    return y.slice(3, c, c + 1);
  }

  private static Tensor grey(Tensor y) {
    return channel(y, 0).mul(RED).add(channel(y, 1).mul(GREEN)).add(channel(y, 2).mul(BLUE));
  }

  private static Tensor blend(Tensor y, Tensor factor, Tensor other) {
    return y.mul(factor).add(other.mul(factor.rsub(1))).clamp(0, 1);
  }

  private static Tensor turn(Tensor y, Tensor by) {
    Tensor r = channel(y, 0);
    Tensor g = channel(y, 1);
    Tensor b = channel(y, 2);
    Tensor most = r.maximum(g.maximum(b));
    Tensor chroma = most.sub(r.minimum(g.minimum(b)));
    Tensor divisor = Tensor.where(chroma.eq(0), chroma.onesLike(), chroma);
    Tensor sector =
        Tensor.where(
            most.eq(r),
            g.sub(b).div(divisor),
            Tensor.where(most.eq(g), b.sub(r).div(divisor).add(2), r.sub(g).div(divisor).add(4)));
    sector = sector.add(by.mul(6));
    Tensor[] out = new Tensor[3];
    for (int c = 0; c < 3; c++) {
      Tensor k = sector.add(5 - 2 * c);
      k = k.sub(k.div(6).floor().mul(6));
      out[c] = most.sub(chroma.mul(k.minimum(k.rsub(4)).clamp(0, 1)));
    }
    return Tensor.concat(3, out);
  }
}
