package org.jacana.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.stream.IntStream;

/** One set of points of a chart and how it is drawn. */
record Curve(String name, double[] x, double[] y, Kind kind, Color color, boolean legend) {
  enum Kind {
    LINE,
    DASHED,
    THIN,
    MARKED,
    POINTS,
    UPRIGHT,
    CROSS,
    BAND,
    AREA;

    BasicStroke stroke() {
      return switch (this) {
        case DASHED, UPRIGHT ->
            new BasicStroke(
                1.6f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 4}, 0);
        case THIN -> new BasicStroke(0.9f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
        default -> new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
      };
    }
  }

  /** The area between two lines, forth along one and back along the other. */
  static Curve band(double[] x, double[] low, double[] high, Color color) {
    int[] finite =
        IntStream.range(0, x.length)
            .filter(i -> Double.isFinite(x[i]) && Double.isFinite(low[i] + high[i]))
            .toArray();
    int n = finite.length;
    double[] x2 = new double[2 * n];
    double[] y2 = new double[2 * n];
    for (int i = 0; i < n; i++) {
      x2[i] = x[finite[i]];
      y2[i] = low[finite[i]];
      x2[2 * n - 1 - i] = x[finite[i]];
      y2[2 * n - 1 - i] = high[finite[i]];
    }
    return new Curve("", x2, y2, Kind.BAND, color, false);
  }

  /** The x and the y of a line around bars that stand on zero. */
  static double[][] outline(double[] edges, double[] heights) {
    int n = heights.length;
    double[][] out = new double[2][2 * n + 2];
    for (int i = 0; i <= n; i++) {
      out[0][2 * i] = edges[i];
      out[0][2 * i + 1] = edges[i];
      out[1][2 * i] = i == 0 ? 0 : heights[i - 1];
      out[1][2 * i + 1] = i == n ? 0 : heights[i];
    }
    return out;
  }

  /** Where both coordinates can be shown; elsewhere a line has a gap. */
  boolean shown(int i) {
    return Double.isFinite(x[i]) && Double.isFinite(y[i]);
  }
}
