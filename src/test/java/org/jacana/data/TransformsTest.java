package org.jacana.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.jacana.Shape;
import org.junit.jupiter.api.Test;

/** Transforms on the host, against pictures worked out by hand and against statistics. */
class TransformsTest {
  /** 1..9 as a picture of 3x3, one channel. */
  private static final Shape THREE = Shape.of(3, 3, 1);

  private static final float[] NINE = {1, 2, 3, 4, 5, 6, 7, 8, 9};

  /** The result for given numbers. */
  static float[] apply(Transform t, Shape shape, float[] x, float... p) {
    assertEquals(t.parameters(shape), p.length);
    // Written at an offset, between guards.
    int n = (int) t.shape(shape).size();
    float[] y = new float[n + 2];
    Arrays.fill(y, Float.NaN);
    t.apply(shape, x, p, 0, y, 1);
    assertTrue(Float.isNaN(y[0]) && Float.isNaN(y[n + 1]));
    return Arrays.copyOfRange(y, 1, n + 1);
  }

  private static float[] draw(Transform t, Shape shape, int place) {
    float[] p = new float[t.parameters(shape)];
    t.draw(new Draws(0).at(7, 3, place, 0), shape, p, 0);
    return p;
  }

  @Test
  void crop() {
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 1, 2, 0, 4, 5}, apply(new RandomCrop(1), THREE, NINE, -1, -1));
    assertArrayEquals(
        new float[] {5, 6, 0, 8, 9, 0, 0, 0, 0}, apply(new RandomCrop(1), THREE, NINE, 1, 1));
    assertArrayEquals(NINE, apply(new RandomCrop(2), THREE, NINE, 0, 0));
    assertArrayEquals(
        new float[] {9, 8, 7, 6, 5, 4, 3, 2, 1},
        apply(new RandomCrop(2, Border.REFLECT), THREE, NINE, -2, -2));
    assertArrayEquals(
        new float[] {5, 4, 5, 2, 1, 2, 5, 4, 5},
        apply(new RandomCrop(1, Border.REFLECT), THREE, NINE, -1, -1));
    assertArrayEquals(
        new float[] {1, 1, 2, 1, 1, 2, 4, 4, 5},
        apply(new RandomCrop(1, Border.EDGE), THREE, NINE, -1, -1));
    assertArrayEquals(
        new float[] {9, 9, 9, 9, 9, 9, 9, 9, 9},
        apply(new RandomCrop(5, Border.EDGE), THREE, NINE, 5, 5));
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 0, 0, 0, 0, 0}, apply(new RandomCrop(5), THREE, NINE, -5, 0));
    assertArrayEquals(
        new float[] {5, 6}, apply(new RandomCrop(1, 2, 0, Border.ZEROS), THREE, NINE, 1, 1));
    Shape two = Shape.of(1, 2, 2);
    assertArrayEquals(
        new float[] {3, 4, 0, 0}, apply(new RandomCrop(1), two, new float[] {1, 2, 3, 4}, 0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new RandomCrop(4, 4, 0, Border.ZEROS).shape(THREE));
    assertThrows(
        IllegalArgumentException.class, () -> new RandomCrop(3, Border.REFLECT).shape(THREE));
    assertThrows(IllegalArgumentException.class, () -> new RandomCrop(1).shape(Shape.of(9)));
  }

  @Test
  void flips() {
    assertArrayEquals(
        new float[] {3, 2, 1, 6, 5, 4, 9, 8, 7}, apply(new HorizontalFlip(), THREE, NINE, 1));
    assertArrayEquals(
        new float[] {7, 8, 9, 4, 5, 6, 1, 2, 3}, apply(new VerticalFlip(), THREE, NINE, 1));
    assertArrayEquals(NINE, apply(new HorizontalFlip(), THREE, NINE, 0));
    assertArrayEquals(NINE, apply(new VerticalFlip(), THREE, NINE, 0));
    assertArrayEquals(
        new float[] {3, 4, 1, 2},
        apply(new HorizontalFlip(), Shape.of(1, 2, 2), new float[] {1, 2, 3, 4}, 1));
    assertThrows(IllegalArgumentException.class, () -> new HorizontalFlip(1.5));
  }

  @Test
  void rotation() {
    // A quarter turn counter-clockwise: the right column becomes the top row.
    assertArrayEquals(
        new float[] {3, 6, 9, 2, 5, 8, 1, 4, 7},
        apply(new RandomRotation(90), THREE, NINE, 0, 1),
        1e-6f);
    assertArrayEquals(
        new float[] {9, 8, 7, 6, 5, 4, 3, 2, 1},
        apply(new RandomRotation(180), THREE, NINE, -1, 0),
        1e-6f);
    assertArrayEquals(NINE, apply(new RandomRotation(0), THREE, NINE, 1, 0));
    // The picture is 1 + 3 row + column, so that values inside are known.
    float h = (float) Math.sqrt(0.5);
    float[] y = apply(new RandomRotation(45), THREE, NINE, h, h);
    assertEquals(5, y[4]);
    assertEquals(1 + 3 * (1 - h) + (1 + h), y[1], 1e-5);
    // The corner comes from row 1 - sqrt 2 of column 1: partly from outside.
    assertEquals((2 - Math.sqrt(2)) * 2, y[0], 1e-5);
    assertThrows(IllegalArgumentException.class, () -> new RandomRotation(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new RandomRotation(Double.NaN));
  }

  @Test
  void rectangles() {
    assertArrayEquals(
        new float[] {0, 0, 3, 0, 0, 6, 7, 8, 9}, apply(new Cutout(2), THREE, NINE, 0, 0, 2, 2));
    assertArrayEquals(
        new float[] {1, 2, 3, 4, -1, -1, 7, 8, 9},
        apply(new Cutout(2, -1), THREE, NINE, 1, 1, 2, 3));
    assertArrayEquals(NINE, apply(new RandomErasing(0), THREE, NINE, 0, 0, 0, 0));
    assertArrayEquals(
        new float[] {1, 2, 9, 9, 5, 6},
        apply(
            new RandomErasing(1, 0.1, 0.2, 2, 9),
            Shape.of(1, 3, 2),
            new float[] {1, 2, 3, 4, 5, 6},
            0,
            1,
            1,
            2));
    Shape big = Shape.of(40, 30, 3);
    int none = 0;
    for (int i = 0; i < 500; i++) {
      float[] p = draw(new RandomErasing(0.7), big, i);
      double area = (p[2] - p[0]) * (p[3] - p[1]);
      assertTrue(p[0] >= 0 && p[2] <= 40 && p[1] >= 0 && p[3] <= 30);
      if (area == 0) {
        none++;
      } else {
        assertTrue(area > 0.015 * 1200 && area < 0.36 * 1200, area + "");
      }
      float[] c = draw(new Cutout(8), big, i);
      assertTrue(c[0] >= 0 && c[2] <= 40 && c[2] - c[0] >= 4 && c[2] - c[0] <= 8);
    }
    // 500 draws of probability 0.3: standard deviation 10.2; a few find no rectangle.
    assertEquals(150, none, 45);
    assertThrows(IllegalArgumentException.class, () -> new Cutout(0));
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(0.5, 0, 0.3, 2, 0));
    assertThrows(IllegalArgumentException.class, () -> new RandomErasing(0.5, 0.1, 1.3, 2, 0));
  }

  @Test
  void resizedCrops() {
    Shape four = Shape.of(4, 4, 1);
    float[] ramp = new float[16];
    for (int i = 0; i < 16; i++) {
      ramp[i] = i;
    }
    assertArrayEquals(ramp, apply(new RandomResizedCrop(4, 4), four, ramp, 0, 0, 4, 4));
    assertArrayEquals(
        new float[] {5, 6, 9, 10}, apply(new RandomResizedCrop(2, 2), four, ramp, 1, 1, 2, 2));
    // To twice the size: quarters between pixels, the edge of the part goes on.
    assertArrayEquals(
        new float[] {5, 5.25f, 5.75f, 6},
        apply(new RandomResizedCrop(1, 4), four, ramp, 1, 1, 1, 2),
        1e-6f);
    int whole = 0;
    for (int i = 0; i < 300; i++) {
      float[] p = draw(new RandomResizedCrop(8, 8), Shape.of(20, 30, 3), i);
      double ratio = p[3] / p[2];
      double area = p[2] * p[3] / 600;
      assertTrue(p[0] >= 0 && p[0] + p[2] <= 20 && p[1] >= 0 && p[1] + p[3] <= 30);
      assertTrue(ratio > 0.6 && ratio < 1.6, ratio + "");
      assertTrue(area > 0.06 && area <= 1, area + "");
      whole += area > 0.5 ? 1 : 0;
    }
    assertTrue(whole > 60 && whole < 200, whole + "");
    assertThrows(IllegalArgumentException.class, () -> new RandomResizedCrop(0, 2));
    assertThrows(IllegalArgumentException.class, () -> new RandomResizedCrop(2, 2, 0.5, 2, 1));
  }

  /** Values from the definition by hand, and of Pillow's and PyTorch's documentation. */
  @Test
  void resize() {
    Shape row = Shape.of(1, 4, 1);
    float[] x = {0, 10, 20, 30};
    assertArrayEquals(x, apply(new Resize(1, 4), row, x), 1e-5f);
    // Half the size: a triangle of 4 pixels around each centre, cut off at the edge.
    float left = (0.75f * 0 + 0.75f * 10 + 0.25f * 20) / 1.75f;
    assertArrayEquals(new float[] {left, 30 - left}, apply(new Resize(1, 2), row, x), 1e-5f);
    // Twice the size: quarters.
    assertArrayEquals(
        new float[] {0, 2.5f, 7.5f, 10},
        apply(new Resize(1, 4), Shape.of(1, 2, 1), new float[] {0, 10}),
        1e-5f);
    assertArrayEquals(
        new float[] {2, 3},
        apply(new Resize(1, 1), Shape.of(2, 1, 2), new float[] {1, 2, 3, 4}),
        1e-5f);
    assertThrows(IllegalArgumentException.class, () -> new Resize(0, 1));
  }

  @Test
  void centre() {
    assertArrayEquals(new float[] {5}, apply(new CenterCrop(1, 1), THREE, NINE));
    assertArrayEquals(new float[] {1, 2, 4, 5}, apply(new CenterCrop(2, 2), THREE, NINE));
    assertArrayEquals(new float[] {4, 5, 6}, apply(new CenterCrop(1, 3), THREE, NINE));
    assertThrows(IllegalArgumentException.class, () -> new CenterCrop(4, 1).shape(THREE));
  }

  @Test
  void normalization() {
    Normalization t = new Normalization(new float[] {1, 2}, new float[] {2, 4});
    assertArrayEquals(
        new float[] {0, 0, 1, 0.5f}, apply(t, Shape.of(2, 2), new float[] {1, 2, 3, 4}));
    assertThrows(IllegalArgumentException.class, () -> t.shape(THREE));
  }

  @Test
  void colours() {
    Shape pixel = Shape.of(1, 1, 3);
    float[] x = {0.2f, 0.4f, 0.6f};
    ColorJitter all = new ColorJitter(1, 1, 1, 0.5);
    assertArrayEquals(x, apply(all, pixel, x, 1, 1, 1, 0), 1e-6f);
    assertArrayEquals(
        new float[] {0.4f, 0.8f, 1},
        apply(new ColorJitter(1, 0, 0, 0), pixel, x, 2, 1, 1, 0),
        1e-6f);
    float grey = 0.2989f * 0.2f + 0.587f * 0.4f + 0.114f * 0.6f;
    assertArrayEquals(
        new float[] {grey, grey, grey},
        apply(new ColorJitter(0, 0, 1, 0), pixel, x, 1, 1, 0, 0),
        1e-6f);
    assertArrayEquals(
        new float[] {(0.2f + grey) / 2, (0.4f + grey) / 2, (0.6f + grey) / 2},
        apply(new ColorJitter(0, 1, 0, 0), pixel, x, 1, 0.5f, 1, 0),
        1e-6f);
    // By a third of the circle red becomes green, by a half its complement.
    ColorJitter hue = new ColorJitter(0, 0, 0, 0.5);
    float[] red = {1, 0, 0};
    assertArrayEquals(new float[] {0, 1, 0}, apply(hue, pixel, red, 1, 1, 1, 1 / 3f), 1e-5f);
    assertArrayEquals(new float[] {0, 0, 1}, apply(hue, pixel, red, 1, 1, 1, -1 / 3f), 1e-5f);
    assertArrayEquals(new float[] {0, 1, 1}, apply(hue, pixel, red, 1, 1, 1, 0.5f), 1e-5f);
    // hsv(210, 2/3, 0.6) turned by 60 degrees is hsv(270, 2/3, 0.6).
    assertArrayEquals(new float[] {0.4f, 0.2f, 0.6f}, apply(hue, pixel, x, 1, 1, 1, 1 / 6f), 1e-5f);
    float[] dim = {0.3f, 0.3f, 0.3f};
    assertArrayEquals(dim, apply(hue, pixel, dim, 1, 1, 1, 0.2f), 1e-6f);
    // Contrast 0 leaves the mean of one channel.
    assertArrayEquals(
        new float[] {0.5f, 0.5f},
        apply(all, Shape.of(1, 2, 1), new float[] {0.25f, 0.75f}, 1, 0, 0, 0.5f),
        1e-6f);
    for (int i = 0; i < 200; i++) {
      float[] p = draw(new ColorJitter(0.4, 2, 0, 0.1), pixel, i);
      assertTrue(p[0] >= 0.6f && p[0] <= 1.4f && p[1] >= 0 && p[1] <= 3 && p[2] == 1);
      assertTrue(Math.abs(p[3]) <= 0.1f);
    }
    assertThrows(IllegalArgumentException.class, () -> all.shape(Shape.of(2, 2, 2)));
    assertThrows(IllegalArgumentException.class, () -> new ColorJitter(0, 0, 0, 0.6));
    assertThrows(IllegalArgumentException.class, () -> new ColorJitter(-1, 0, 0, 0));
  }

  @Test
  void noise() {
    GaussianNoise t = new GaussianNoise(0.5);
    Shape s = Shape.of(100, 100);
    float[] p = draw(t, s, 1);
    double sum = 0;
    double squares = 0;
    for (float v : p) {
      sum += v;
      squares += v * v;
    }
    assertEquals(0, sum / 1e4, 5 * 0.5 / 100);
    assertEquals(0.25, squares / 1e4, 5 * 0.25 * Math.sqrt(2) / 100);
    assertArrayEquals(new float[] {3, 1}, apply(t, Shape.of(2), new float[] {1, 2}, 2, -1));
  }

  @Test
  void compositions() {
    Transform both = new Compose(new CenterCrop(1, 3), new Compose(new HorizontalFlip()));
    assertEquals(Shape.of(1, 3, 1), both.shape(THREE));
    assertArrayEquals(new float[] {6, 5, 4}, apply(both, THREE, NINE, 1));
    assertArrayEquals(NINE, apply(new Compose(), THREE, NINE));
    Transform four =
        new Compose(
            new HorizontalFlip(), new VerticalFlip(), new HorizontalFlip(), new VerticalFlip());
    assertArrayEquals(NINE, apply(four, THREE, NINE, 1, 1, 1, 1));
    assertArrayEquals(
        new float[] {7, 8, 9, 4, 5, 6, 1, 2, 3}, apply(four, THREE, NINE, 1, 0, 1, 1));
    RandomApply sometimes = new RandomApply(0.25, four);
    assertArrayEquals(NINE, apply(sometimes, THREE, NINE, 0, 1, 0, 0, 0));
    assertArrayEquals(
        new float[] {3, 2, 1, 6, 5, 4, 9, 8, 7}, apply(sometimes, THREE, NINE, 1, 1, 0, 0, 0));
    OneOf one = new OneOf(new HorizontalFlip(), new Cutout(1), new VerticalFlip());
    assertArrayEquals(
        new float[] {7, 8, 9, 4, 5, 6, 1, 2, 3}, apply(one, THREE, NINE, 2, 1, 0, 0, 1, 1, 1));
    assertArrayEquals(
        new float[] {0, 2, 3, 4, 5, 6, 7, 8, 9}, apply(one, THREE, NINE, 1, 1, 0, 0, 1, 1, 1));
    int applied = 0;
    int[] chosen = new int[3];
    for (int i = 0; i < 3000; i++) {
      applied += draw(sometimes, THREE, i)[0] == 1 ? 1 : 0;
      chosen[(int) draw(one, THREE, i)[0]]++;
    }
    assertEquals(750, applied, 5 * Math.sqrt(3000 * 0.25 * 0.75));
    for (int c : chosen) {
      assertEquals(1000, c, 5 * Math.sqrt(3000 * 2 / 9.0));
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new RandomApply(1, new CenterCrop(1, 1)).shape(THREE));
    assertThrows(
        IllegalArgumentException.class,
        () -> new OneOf(new CenterCrop(1, 1), new CenterCrop(1, 2)).shape(THREE));
    assertThrows(IllegalArgumentException.class, () -> new OneOf(List.of()));
  }

  /** Every place of a crop is as likely: chi-square with 24 degrees of freedom. */
  @Test
  void cropsAreUniform() {
    int[] counts = new int[25];
    int n = 25_000;
    int flips = 0;
    for (int i = 0; i < n; i++) {
      float[] p = draw(new Compose(new RandomCrop(2), new HorizontalFlip()), THREE, i);
      counts[((int) p[0] + 2) * 5 + (int) p[1] + 2]++;
      flips += (int) p[2];
    }
    double chi = 0;
    for (int c : counts) {
      chi += (c - n / 25.0) * (c - n / 25.0) / (n / 25.0);
    }
    assertTrue(chi < 52, "chi-square " + chi + ", above 52 in 1 of 1000 runs");
    assertEquals(n / 2, flips, 5 * Math.sqrt(n) / 2);
  }

  @Test
  void differentPlacesEpochsAndSeedsDrawDifferently() {
    long first = new Draws(0).at(1, 2, 3, 0).next();
    assertEquals(first, new Draws(9).at(1, 2, 3, 0).next());
    long[] others = {
      new Draws(0).at(2, 2, 3, 0).next(),
      new Draws(0).at(1, 3, 3, 0).next(),
      new Draws(0).at(1, 2, 4, 0).next(),
      new Draws(0).at(1, 2, 3, 1).next(),
      new Draws(0).at(1, 3, 2, 0).next(),
      new Draws(1, 2).next()
    };
    for (long other : others) {
      assertTrue(other != first);
    }
    assertEquals(others.length, Arrays.stream(others).distinct().count());
  }
}
