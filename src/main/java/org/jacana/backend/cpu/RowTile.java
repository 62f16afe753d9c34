package org.jacana.backend.cpu;

/**
 * Four neighbouring outputs of a filter with r taps in a row from {@code r + 3} products instead of
 * {@code 4 r}: minimal filtering after Toom, Cook and Winograd, {@code y = At ((G g) * (Bt d))}
 * with the values of polynomials at r + 2 points and at infinity (Blahut, Fast Algorithms for
 * Signal Processing, 2010, chapter 5; Lavin and Gray, Fast Algorithms for Convolutional Neural
 * Networks, 2015). The points are 0 and pairs p and -p, whose rows differ in the signs of every
 * second term only; their common parts are computed once.
 *
 * <p>Every method works on n independent tiles at once, element i of each array being tile i's, and
 * leaves anything in {@code spare}, as many arrays as there are points.
 */
final class RowTile {
  /** Outputs of a tile. */
  static final int OUTPUTS = 4;

  private static final RowTile THREE = new RowTile(3, 1, 2);
  private static final RowTile FIVE = new RowTile(5, 1, 2, 0.5);

  private final int taps;
  private final int points;
  private final Combination[] input;
  private final Combination[] output;
  private final Combination[] outputGrad;
  private final Combination[] filter;
  private final Combination[] filterGrad;

  private RowTile(int taps, double... pairs) {
    this.taps = taps;
    points = 2 * pairs.length + 2;
    double[] at = new double[points - 1];
    for (int i = 0; i < pairs.length; i++) {
      at[2 * i + 1] = pairs[i];
      at[2 * i + 2] = -pairs[i];
    }
    double[][] bt = new double[points][points];
    double[][] g = new double[points][taps];
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
    halve(bt);
    halve(g);
    halve(a);
    input = rows(bt);
    output = rows(transposed(a));
    outputGrad = rows(a);
    filter = rows(g);
    filterGrad = rows(transposed(g));
  }

  /** The tile for a filter's width; null if there is none. */
  static RowTile of(int taps) {
    return taps == 3 ? THREE : taps == 5 ? FIVE : null;
  }

  /** Multiplies a polynomial, lowest coefficient first, by x - root. */
  private static void timesRoot(double[] p, double root) {
    for (int i = p.length - 1; i >= 0; i--) {
      p[i] = (i > 0 ? p[i - 1] : 0) - root * p[i];
    }
  }

  /** Replaces the rows u, v of every pair by (u + v) / 2 and (u - v) / 2. */
  private static void halve(double[][] rows) {
    for (int k = 1; k < rows.length - 1; k += 2) {
      for (int j = 0; j < rows[k].length; j++) {
        double u = rows[k][j];
        double v = rows[k + 1][j];
        rows[k][j] = (u + v) / 2;
        rows[k + 1][j] = (u - v) / 2;
      }
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

  private static Combination[] rows(double[][] matrix) {
    Combination[] rows = new Combination[matrix.length];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new Combination(matrix[i]);
    }
    return rows;
  }

  /** Values at the points: those of a pair from their halves. */
  private void toPoints(Combination[] rows, int n, float[][] in, float[][] out, float[][] spare) {
    rows[0].into(out[0], n, in);
    for (int k = 1; k < points - 1; k += 2) {
      rows[k].into(spare[0], n, in);
      rows[k + 1].into(spare[1], n, in);
      Combination.sum(n, out[k], spare[0], spare[1]);
      Combination.difference(n, out[k + 1], spare[0], spare[1]);
    }
    rows[points - 1].into(out[points - 1], n, in);
  }

  /** The transposed: pairs are halved first. */
  private void fromPoints(Combination[] rows, int n, float[][] in, float[][] out, float[][] spare) {
    float[] first = spare[0];
    float[] last = spare[points - 1];
    spare[0] = in[0];
    spare[points - 1] = in[points - 1];
    for (int k = 1; k < points - 1; k += 2) {
      Combination.sum(n, spare[k], in[k], in[k + 1]);
      Combination.difference(n, spare[k + 1], in[k], in[k + 1]);
    }
    for (int k = 0; k < rows.length; k++) {
      rows[k].into(out[k], n, spare);
    }
    spare[0] = first;
    spare[points - 1] = last;
  }

  int taps() {
    return taps;
  }

  /** Inputs of a tile, and products. */
  int points() {
    return points;
  }

  /** The number of a point whose outputGrad is the sum of a tile. */
  int one() {
    return 1;
  }

  /** v = Bt d: the inputs' factors of the products. */
  void input(int n, float[][] d, float[][] v, float[][] spare) {
    toPoints(input, n, d, v, spare);
  }

  /** y = At m: the outputs from the products. */
  void output(int n, float[][] m, float[][] y, float[][] spare) {
    fromPoints(output, n, m, y, spare);
  }

  /** dm = A dy: the gradient of {@link #output}. */
  void outputGrad(int n, float[][] dy, float[][] dm, float[][] spare) {
    toPoints(outputGrad, n, dy, dm, spare);
  }

  /** u = G g: the filter's factors of the products. */
  void filter(int n, float[][] g, float[][] u, float[][] spare) {
    toPoints(filter, n, g, u, spare);
  }

  /** dg = Gt du: the gradient of {@link #filter}. */
  void filterGrad(int n, float[][] du, float[][] dg, float[][] spare) {
    fromPoints(filterGrad, n, du, dg, spare);
  }
}
