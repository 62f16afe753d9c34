package org.jacana.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Locale;

/** Numbers as people read them on axes and in tables, and the round ones between two limits. */
final class Numbers {
  private Numbers() {}

  /** At most {@code digits} significant digits, without zeros at the end: 0.05, 12000, 3e-7. */
  static String text(double v, int digits) {
    if (!Double.isFinite(v)) {
      return Double.isNaN(v) ? "NaN" : v > 0 ? "infinity" : "-infinity";
    }
    if (v == 0) {
      return "0";
    }
    BigDecimal d =
        new BigDecimal(v, new MathContext(digits, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    int exponent = d.precision() - d.scale() - 1;
    if (exponent < -4 || exponent > 5) {
      String mantissa = d.movePointLeft(exponent).stripTrailingZeros().toPlainString();
      return (mantissa.equals("1") ? "1" : mantissa) + "e" + exponent;
    }
    return d.toPlainString();
  }

  /** As an axis needs it. */
  static String tick(double v) {
    return text(v, 6);
  }

  /** With a prefix for the thousands: 1.5 kB/s, 2 MB/s, 312 GFLOP/s (SI). */
  static String si(double v, String unit) {
    double a = Math.abs(v);
    String[] letters = {"", "k", "M", "G", "T", "P", "E"};
    int i = 0;
    while (a >= 999.5 && i + 1 < letters.length) {
      a /= 1000;
      v /= 1000;
      i++;
    }
    return text(v, 3) + " " + letters[i] + unit;
  }

  /** A part of a whole with one decimal: 97.3 %. */
  static String percent(double part) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * part);
  }

  /** The step 1, 2 or 5 times a power of ten that gives about {@code count} parts. */
  static double step(double span, int count) {
    double raw = span / count;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double lead = raw / power;
    return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
  }

  /** The round numbers from low to high, both included where they are round. */
  static double[] between(double low, double high, int count) {
    if (!(high > low)) {
      return new double[] {low};
    }
    double step = step(high - low, count);
    long first = (long) Math.ceil(low / step - 1e-9);
    long last = (long) Math.floor(high / step + 1e-9);
    double[] out = new double[(int) (last - first + 1)];
    Arrays.setAll(out, i -> new BigDecimal((first + i) * step, new MathContext(12)).doubleValue());
    return out;
  }
}
