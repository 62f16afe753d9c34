package org.jacana.plot;

/**
 * Colours for numbers from 0 to 1. All have a steady change of brightness, so that they read the
 * same in grey and with any colour blindness.
 */
public enum ColorMap {
  /** Black to white. */
  GREY(0x000000, 0xffffff),

  /** White to dark blue: for counts and rates, where zero is to look like paper. */
  BLUES(0xffffff, 0xdce9f6, 0xb5d1ea, 0x7fb3dc, 0x4791c9, 0x2170b3, 0x0a4f94, 0x083063),

  /** Dark violet over green to yellow (eleven points of matplotlib's "viridis"). */
  VIRIDIS(
      0x440154, 0x482475, 0x414487, 0x355f8d, 0x2a788e, 0x21918c, 0x22a884, 0x44bf70, 0x7ad151,
      0xbddf26, 0xfde725),

  /** Blue over white to red: for numbers with a sign; one half is zero. */
  DIVERGING(
      0x08306b, 0x2166ac, 0x67a9cf, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xef8a62, 0xb2182b, 0x67001f);

  private final int[] points;

  ColorMap(int... points) {
    this.points = points;
  }

  /**
   * The colour of a number, 0xRRGGBB, linear between the map's points.
   *
   * @param t below 0 counts as 0, above 1 as 1
   * @throws IllegalArgumentException if it is not a number
   */
  public int rgb(double t) {
    if (Double.isNaN(t)) {
      throw new IllegalArgumentException("colorMap: there is no colour for NaN");
    }
    double at = Math.max(0, Math.min(1, t)) * (points.length - 1);
    int low = Math.min((int) at, points.length - 2);
    int rgb = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int a = points[low] >> shift & 255;
      int b = points[low + 1] >> shift & 255;
      rgb |= (int) Math.round(a + (b - a) * (at - low)) << shift;
    }
    return rgb;
  }

  /** Whether black text reads better than white on a colour (WCAG 2 relative luminance). */
  static boolean darkText(int rgb) {
    double l =
        0.2126 * linear(rgb >> 16 & 255)
            + 0.7152 * linear(rgb >> 8 & 255)
            + 0.0722 * linear(rgb & 255);
    // Where the contrast to black equals that to white: (l + 0.05)^2 = 1.05 * 0.05.
    return l > 0.179;
  }

  private static double linear(int channel) {
    double s = channel / 255.0;
    return s <= 0.04045 ? s / 12.92 : Math.pow((s + 0.055) / 1.055, 2.4);
  }
}
