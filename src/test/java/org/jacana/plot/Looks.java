package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Arrays;
import java.util.function.Supplier;

/** What tests ask of every picture. */
final class Looks {
  private Looks() {}

  /**
   * Something is drawn, nothing reaches the edge where it might be cut off, and drawing it again
   * gives the same pixels.
   */
  static Picture sound(Supplier<Picture> draw) {
    Picture picture = draw.get();
    int w = picture.width();
    int h = picture.height();
    int[] pixels = pixels(picture);
    int edge = 4;
    int drawn = 0;
    for (int i = 0; i < pixels.length; i++) {
      if (pixels[i] != 0xffffffff) {
        drawn++;
        int x = i % w;
        int y = i / w;
        if (Math.min(Math.min(x, y), Math.min(w - 1 - x, h - 1 - y)) < edge) {
          fail("drawn at the edge, (" + x + ", " + y + ")");
        }
      }
    }
    assertTrue(drawn > 100, "only " + drawn + " pixels are drawn");
    assertArrayEquals(pixels, pixels(draw.get()));
    return picture;
  }

  static int[] pixels(Picture picture) {
    int w = picture.width();
    return picture.image().getRGB(0, 0, w, picture.height(), null, 0, w);
  }

  static int rgb(Picture picture, int x, int y) {
    return picture.image().getRGB(x, y) & 0xffffff;
  }

  /** The colour of a pixel, with a difference of at most {@code by} in each channel. */
  static void color(int expected, Picture picture, double x, double y, int by) {
    int got = rgb(picture, (int) x, (int) y);
    for (int shift = 0; shift <= 16; shift += 8) {
      int difference = Math.abs((expected >> shift & 255) - (got >> shift & 255));
      assertTrue(
          difference <= by,
          String.format("at (%.0f, %.0f) #%06x, expected #%06x", x, y, got, expected));
    }
  }

  /** How many pixels of a part, in units of display, are darker than half grey. */
  static int dark(Picture picture, int x, int y, int w, int h) {
    int d = picture.density();
    int count = 0;
    for (int j = y * d; j < (y + h) * d; j++) {
      for (int i = x * d; i < (x + w) * d; i++) {
        int rgb = rgb(picture, i, j);
        count += (rgb >> 16) + (rgb >> 8 & 255) + (rgb & 255) < 384 ? 1 : 0;
      }
    }
    return count;
  }

  /** How many pixels have exactly a colour. */
  static int count(Picture picture, int rgb) {
    return (int) Arrays.stream(pixels(picture)).filter(p -> (p & 0xffffff) == rgb).count();
  }

  static void size(int width, int height, Picture picture) {
    assertEquals(width, picture.width());
    assertEquals(height, picture.height());
  }
}
