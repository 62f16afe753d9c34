package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MixupTest {
  /** Beta(a, a) has mean 1/2 and variance 1 / (4 (2 a + 1)). */
  @ParameterizedTest
  @ValueSource(doubles = {0.2, 1, 4})
  void lambdaIsBetaDistributed(double alpha) {
    int n = 4000;
    Generator g = new Generator(8);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double l = new Mixup(alpha).beta(g);
      assertTrue(l >= 0 && l <= 1);
      sum += l - 0.5;
      squares += (l - 0.5) * (l - 0.5);
    }
    double variance = 1 / (4 * (2 * alpha + 1));
    assertEquals(0, sum / n, 5 * Math.sqrt(variance / n));
    assertEquals(variance, squares / n, 0.08 * variance);
  }

  @Test
  void mixesSamplesAndTargetsAlike() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.of(new double[] {0, 10, 20, 30, 40, 50}, 6, 1);
      Tensor y = Tensor.eye(DType.F64, 6);
      Mixup.Mixed m = new Mixup(1).mix(x, y, new Generator(2));
      double l = m.lambda();
      double[] xs = m.x().doubles();
      double[] ys = m.y().doubles();
      List<Integer> partners = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        int partner = (int) Math.round((xs[i] - l * 10 * i) / (1 - l) / 10);
        partners.add(partner);
        double[] row = new double[6];
        row[i] += l;
        row[partner] += 1 - l;
        assertArrayEquals(row, java.util.Arrays.copyOfRange(ys, 6 * i, 6 * i + 6), 1e-12);
      }
      assertEquals(List.of(0, 1, 2, 3, 4, 5), partners.stream().sorted().toList());
      assertTrue(!partners.equals(List.of(0, 1, 2, 3, 4, 5)));
      Mixup.Mixed same = new Mixup(1).mix(x, y, new Generator(2));
      assertArrayEquals(xs, same.x().doubles());
      Mixup.Mixed none = new Mixup(0).mix(x, y, new Generator(2));
      assertArrayEquals(x.doubles(), none.x().doubles());
      assertEquals(1, none.lambda());
    }
  }

  @Test
  void wrongUseIsRefused() {
    try (Scope s = Scope.open()) {
      assertThrows(IllegalArgumentException.class, () -> new Mixup(-1));
      assertThrows(IllegalArgumentException.class, () -> new Mixup(Double.NaN));
      String m =
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new Mixup(1).mix(Tensor.ones(3), Tensor.arange(3), new Generator(1)))
              .getMessage();
      assertTrue(m.contains("float targets (oneHot)"), m);
      assertThrows(
          IllegalArgumentException.class,
          () -> new Mixup(1).mix(Tensor.ones(3), Tensor.ones(2), new Generator(1)));
    }
  }
}
