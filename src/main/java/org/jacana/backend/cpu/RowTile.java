package org.jacana.backend.cpu;

import java.nio.FloatBuffer;

/**
 * Four neighbouring outputs of a filter with r taps from {@code r + 3} products instead of {@code 4
 * r}: minimal filtering after Toom, Cook and Winograd, {@code y = At ((G g) * (Bt d))} with the
 * values of polynomials at r + 2 points and at infinity (Blahut, Fast Algorithms for Signal
 * Processing, 2010, chapter 5; Lavin and Gray, Fast Algorithms for Convolutional Neural Networks,
 * 2015). The matrices lie row-major in native memory and stay there.
 */
final class RowTile {
  /** Outputs of a tile. */
  static final int OUTPUTS = 4;

  private static final class Three {
    static final RowTile TILE = new RowTile(3, 0, 1, -1, 2, -2);
  }

  private static final class Five {
    static final RowTile TILE = new RowTile(5, 0, 1, -1, 2, -2, 0.5, -0.5);
  }

  private final int taps;
  private final int points;
  private final long input;
  private final long output;
  private final long outputGrad;
  private final long filter;
  private final long reversedFilter;
  private final long filterGrad;

  private RowTile(int taps, double... at) {
    this.taps = taps;
    points = at.length + 1;
    double[][] bt = new double[points][points];
    double[][] g = new double[points][taps];
    double[][] reversed = new double[points][taps];
    double[][] a = new double[points][OUTPUTS];
    for (int k = 0; k < at.length; k++) {
      // Lagrange: the polynomial that vanishes at all points but this one, and its value here.
      double here = 1;
      bt[k][0] = 1;
      for (int j = 0; j < at.length; j++) {
        if (j != k) {
          timesRoot(bt[k], at[j]);
          here *= at[k] - at[j];
        }
      }
      for (int j = 0; j < taps; j++) {
        g[k][j] = Math.pow(at[k], j) / here;
      }
      for (int j = 0; j < OUTPUTS; j++) {
        a[k][j] = Math.pow(at[k], j);
      }
    }
    int infinity = at.length;
    bt[infinity][0] = 1;
    for (double root : at) {
      timesRoot(bt[infinity], root);
    }
    g[infinity][taps - 1] = 1;
    a[infinity][OUTPUTS - 1] = 1;
    for (int k = 0; k < points; k++) {
      for (int j = 0; j < taps; j++) {
        reversed[k][j] = g[k][taps - 1 - j];
      }
    }
    input = keep(bt);
    output = keep(transposed(a));
    outputGrad = keep(a);
    filter = keep(g);
    reversedFilter = keep(reversed);
    filterGrad = keep(transposed(g));
  }

  /** Whether there is a tile for a filter of so many taps. */
  static boolean has(int taps) {
    return taps == 3 || taps == 5;
  }

  /**
   * The tile for a filter of three or five taps.
   *
   * @throws IllegalArgumentException for other filters
   */
  static RowTile of(int taps) {
    if (!has(taps)) {
      throw new IllegalArgumentException("there are tiles for 3 and 5 taps, not for " + taps);
    }
    return taps == 3 ? Three.TILE : Five.TILE;
  }

  /** Multiplies a polynomial, lowest coefficient first, by x - root. */
  private static void timesRoot(double[] p, double root) {
    for (int i = p.length - 1; i >= 0; i--) {
      p[i] = (i > 0 ? p[i - 1] : 0) - root * p[i];
    }
  }

  private static double[][] transposed(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[i].length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }

  private static long keep(double[][] matrix) {
    int columns = matrix[0].length;
    long address = Native.allocate(4L * matrix.length * columns);
    FloatBuffer floats = Native.view(address, 4L * matrix.length * columns).asFloatBuffer();
    for (double[] row : matrix) {
      for (double v : row) {
        floats.put((float) v);
      }
    }
    return address;
  }

  int taps() {
    return taps;
  }

  /** Inputs of a tile, and products. */
  int points() {
    return points;
  }

  /** The number of a point at which the gradient of the outputs is their gradients' sum. */
  int one() {
    return 1;
  }

  /** Bt [points, points]: the inputs' factors of the products. */
  long input() {
    return input;
  }

  /** At [outputs, points]: the outputs from the products. */
  long output() {
    return output;
  }

  /** A [points, outputs]: the gradients of the products from those of the outputs. */
  long outputGrad() {
    return outputGrad;
  }

  /** G [points, taps]: the filter's factors of the products; with its taps in reverse if asked. */
  long filter(boolean reversed) {
    return reversed ? reversedFilter : filter;
  }

  /** Gt [taps, points]: the gradient of the filter from that of its factors. */
  long filterGrad() {
    return filterGrad;
  }
}
