package org.jacana.plot;

import java.awt.Color;

/**
 * Colours of lines and marks that people with any common colour blindness can tell apart (Okabe and
 * Ito 2008, "Color Universal Design"), without the yellow that is too pale on white.
 */
public final class Palette {
  static final Color PAPER = Color.WHITE;
  static final Color INK = new Color(0x222222);
  static final Color GREY = new Color(0x8a8a8a);
  static final Color GRID = new Color(0xe0e0e0);
  static final Color FAINT_GRID = new Color(0xf1f1f1);

  private static final int[] COLORS = {
    0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0x56b4e9, 0xe69f00, 0x000000
  };

  private Palette() {}

  /** How many there are before they start again. */
  public static int size() {
    return COLORS.length;
  }

  /** The i-th colour, 0xRRGGBB; after the last comes the first again. */
  public static int rgb(int i) {
    return COLORS[Math.floorMod(i, COLORS.length)];
  }

  static Color color(int i) {
    return new Color(rgb(i));
  }
}
