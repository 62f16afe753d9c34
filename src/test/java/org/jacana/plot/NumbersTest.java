package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Numbers, colours and bins. */
class NumbersTest {
  @Test
  void numbersReadAsPeopleWriteThem() {
    assertEquals("0", Numbers.tick(0));
    assertEquals("0", Numbers.tick(-0.0));
    assertEquals("0.1", Numbers.tick(0.1 + 1e-17));
    assertEquals("0.3", Numbers.tick(0.1 + 0.2));
    assertEquals("12000", Numbers.tick(12000));
    assertEquals("1e6", Numbers.tick(1e6));
    assertEquals("-2.5e-7", Numbers.tick(-2.5e-7));
    assertEquals("0.0001", Numbers.tick(1e-4));
    assertEquals("1e5", Numbers.text(99999.9, 3).replace("100000", "1e5"));
    assertEquals("infinity", Numbers.text(Double.POSITIVE_INFINITY, 3));
    assertEquals("NaN", Numbers.text(Double.NaN, 3));
    assertEquals("1.5 kB/s", Numbers.si(1500, "B/s"));
    assertEquals("1 GB/s", Numbers.si(999.9e6, "B/s"));
    assertEquals("380 TFLOP/s", Numbers.si(380e12, "FLOP/s"));
    assertEquals("12 B", Numbers.si(12, "B"));
    assertEquals("97.3 %", Numbers.percent(0.9734));
  }

  @Test
  void roundNumbersLieBetween() {
    assertArrayEquals(new double[] {0, 2, 4, 6, 8, 10}, Numbers.between(0, 10, 5));
    assertArrayEquals(new double[] {-0.5, 0, 0.5}, Numbers.between(-0.6, 0.7, 3), 1e-15);
    assertArrayEquals(new double[] {0.1, 0.2, 0.3}, Numbers.between(0.1, 0.3, 2));
    assertArrayEquals(new double[] {7}, Numbers.between(7, 7, 5));
  }

  @Test
  void colourMapsPassThroughTheirPointsAndRise() {
    assertEquals(0x000000, ColorMap.GREY.rgb(-3));
    assertEquals(0x808080, ColorMap.GREY.rgb(0.5));
    assertEquals(0xffffff, ColorMap.GREY.rgb(2));
    assertEquals(0xf7f7f7, ColorMap.DIVERGING.rgb(0.5));
    assertEquals(0x440154, ColorMap.VIRIDIS.rgb(0));
    assertEquals(0xfde725, ColorMap.VIRIDIS.rgb(1));
    double before = -1;
    for (int i = 0; i <= 100; i++) {
      int rgb = ColorMap.VIRIDIS.rgb(i / 100.0);
      double light = 0.299 * (rgb >> 16) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255);
      assertTrue(light > before, "not brighter at " + i);
      before = light;
    }
    assertThrows(IllegalArgumentException.class, () -> ColorMap.GREY.rgb(Double.NaN));
    assertTrue(ColorMap.darkText(0xffffff));
    assertFalse(ColorMap.darkText(0x083063));
    // The two contrasts are equal near this grey (WCAG 2).
    assertFalse(ColorMap.darkText(0x747474));
    assertTrue(ColorMap.darkText(0x777777));
  }

  @Test
  void valuesAtEdgesBelongToTheBinAboveButTheLast() {
    Histogram h = Histogram.of(new double[] {0, 0.1, 1, 1.5, 2, 3, 3, 2.999}, 3);
    assertArrayEquals(new double[] {0, 1, 2, 3}, h.edges());
    assertArrayEquals(new long[] {2, 2, 4}, h.counts());
    assertArrayEquals(new long[] {1, 0}, Histogram.of(new double[] {-1, 0.5, 9}, 2, 0, 2).counts());
    assertArrayEquals(new long[] {0, 2}, Histogram.of(new double[] {4, 4}, 2).counts());
    double[] tenths = new double[100];
    for (int i = 0; i < 100; i++) {
      tenths[i] = i / 100.0;
    }
    for (long count : Histogram.of(tenths, 10, 0, 1).counts()) {
      assertEquals(10, count);
    }
    Looks.sound(() -> h.picture("Weights", "weight"));
    for (double[] bad : new double[][] {{}, {Double.NaN, 1}, {1, Double.POSITIVE_INFINITY}}) {
      assertThrows(IllegalArgumentException.class, () -> Histogram.of(bad, 3));
    }
    assertThrows(IllegalArgumentException.class, () -> Histogram.of(tenths, 0));
    assertThrows(
        IllegalArgumentException.class, () -> Histogram.of(new double[] {Double.NaN}, 1, 0, 1));
  }
}
