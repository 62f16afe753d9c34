package org.jacana.plot;

import java.awt.BasicStroke;
import java.awt.Color;

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

  /** Where both coordinates can be shown; elsewhere a line has a gap. */
  boolean shown(int i) {
    return Double.isFinite(x[i]) && Double.isFinite(y[i]);
  }
}
