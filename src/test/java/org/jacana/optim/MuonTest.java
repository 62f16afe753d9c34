package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon against loops over rows and columns. */
class MuonTest {
  private static double[][] times(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static double[][] turned(double[][] a) {
    double[][] t = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < t.length; j++) {
        t[j][i] = a[i][j];
      }
    }
    return t;
  }

  private static double[][] orthogonal(double[][] u, int iterations) {
    if (u.length > u[0].length) {
      return turned(orthogonal(turned(u), iterations));
    }
    double norm = 0;
    for (double[] row : u) {
      for (double v : row) {
        norm += v * v;
      }
    }
    double[][] x = new double[u.length][u[0].length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < x[0].length; j++) {
        x[i][j] = u[i][j] / Math.sqrt(norm);
      }
    }
    for (int n = 0; n < iterations; n++) {
      double[][] ax = times(times(x, turned(x)), x);
      double[][] aax = times(times(x, turned(x)), ax);
      for (int i = 0; i < x.length; i++) {
        for (int j = 0; j < x[0].length; j++) {
          x[i][j] = 3.4445 * x[i][j] - 4.7750 * ax[i][j] + 2.0315 * aax[i][j];
        }
      }
    }
    return x;
  }

  @ParameterizedTest
  @CsvSource({
    "3, 4, true, false, 5, 0",
    "6, 2, true, false, 5, 0.1",
    "4, 4, false, false, 3, 0.1",
    "5, 3, false, true, 5, 0.2",
  })
  void weightsFollowTheDefinition(
      int rows, int columns, boolean nesterov, boolean match, int iterations, double decay) {
    Random r = new Random(3);
    double[] w = r.doubles(rows * columns, -1, 1).toArray();
    double[][] m = new double[rows][columns];
    double scale =
        match
            ? 0.2 * Math.sqrt(Math.max(rows, columns))
            : Math.sqrt(Math.max(1, (double) rows / columns));
    try (Scope s = Scope.open()) {
      Tensor p = Tensor.of(w.clone(), rows, columns);
      try (Muon o =
          Muon.of(List.of(p))
              .learningRate(0.05)
              .weightDecay(decay)
              .momentum(0.9)
              .nesterov(nesterov)
              .matchAdam(match)
              .iterations(iterations)) {
        for (int t = 0; t < 20; t++) {
          double[] g = r.doubles(rows * columns, -1, 1).toArray();
          o.step(List.of(Tensor.of(g, rows, columns)));
          double[][] u = new double[rows][columns];
          for (int i = 0; i < g.length; i++) {
            int y = i / columns;
            int x = i % columns;
            m[y][x] = 0.9 * m[y][x] + (1 - 0.9) * g[i];
            u[y][x] = nesterov ? 0.9 * m[y][x] + (1 - 0.9) * g[i] : m[y][x];
          }
          double[][] step = orthogonal(u, iterations);
          for (int i = 0; i < w.length; i++) {
            w[i] -= 0.05 * decay * w[i] + 0.05 * scale * step[i / columns][i % columns];
          }
          assertArrayEquals(w, p.doubles(), 1e-12, "step " + t);
        }
      }
    }
  }

  @Test
  void filtersAreMatricesAndSingularValuesComeNearOne() {
    try (Scope s = Scope.open()) {
      double[] g = new Random(5).doubles(4 * 3 * 3 * 2, -1, 1).toArray();
      Tensor filter = Tensor.zeros(DType.F64, 4, 3, 3, 2);
      Tensor matrix = Tensor.zeros(DType.F64, 4, 18);
      try (Muon o = Muon.of(List.of(filter, matrix)).learningRate(1)) {
        o.step(List.of(Tensor.of(g, 4, 3, 3, 2), Tensor.of(g, 4, 18)));
        assertArrayEquals(matrix.doubles(), filter.doubles());
        // sum (sigma^2 - 1)^2: the steps leave singular values within about 0.7 to 1.2.
        double[] gram = matrix.matmul(matrix.transpose(0, 1)).doubles();
        double off = 0;
        for (int i = 0; i < gram.length; i++) {
          double expected = i % 5 == 0 ? 1 : 0;
          off += (gram[i] - expected) * (gram[i] - expected);
        }
        assertTrue(off < 4 * 0.51 * 0.51, "" + off);
      }
    }
  }

  @Test
  void theOthersFollowAdamW() {
    Random r = new Random(9);
    double[] start = r.doubles(6, -1, 1).toArray();
    try (Scope s = Scope.open()) {
      Tensor bias = Tensor.of(start.clone());
      Tensor embedding = Tensor.of(start.clone(), 2, 3);
      Tensor weight = Tensor.of(start.clone(), 2, 3);
      Tensor same = Tensor.of(start.clone());
      try (Muon o =
              Muon.of(List.of(bias, weight))
                  .learningRate(0.1)
                  .weightDecay(0.2)
                  .adamGroup(List.of(embedding), 1, 0.2);
          Adam adam = AdamW.of(List.of(same)).learningRate(0.1).weightDecay(0.2)) {
        for (int t = 0; t < 20; t++) {
          double[] g = r.doubles(6, -1, 1).toArray();
          o.step(List.of(Tensor.of(g), Tensor.of(g, 2, 3), Tensor.of(g, 2, 3)));
          adam.step(List.of(Tensor.of(g)));
          assertArrayEquals(same.doubles(), bias.doubles(), 1e-12);
          assertArrayEquals(same.doubles(), embedding.doubles(), 1e-12);
        }
        assertTrue(o.state().tensors().containsKey("1.momentum_buffer"));
        assertFalse(o.state().tensors().containsKey("2.momentum_buffer"));
        o.load(o.state());
      }
    }
  }

  @Test
  void aZeroGradientOnlyDecays() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.ones(DType.F64, 2, 2);
      try (Muon o = Muon.of(List.of(w)).learningRate(0.5)) {
        o.step(List.of(Tensor.zeros(DType.F64, 2, 2)));
        assertArrayEquals(new double[] {0.95, 0.95, 0.95, 0.95}, w.doubles(), 1e-15);
      }
    }
  }
}
