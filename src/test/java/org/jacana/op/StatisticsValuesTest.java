package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.Test;

/** Values of norms, order statistics and running products by hand. */
class StatisticsValuesTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  private static void check(Tensor y, double... expected) {
    assertArrayEquals(expected, y.doubles(), 1e-12);
  }

  @Test
  void norms() {
    try (Scope s = Scope.open()) {
      Tensor x = of(3, -4, 0);
      int[] all = {};
      check(x.norm(), 5);
      check(x.norm(1, all, false), 7);
      check(x.norm(3, all, true), Math.cbrt(91));
      check(x.norm(0, all, false), 2);
      check(x.norm(INF, all, false), 4);
      check(x.norm(-INF, all, false), 0);
      check(of(1, NAN).norm(), NAN);
      check(of(1, INF).norm(), INF);
      Tensor zero = of(0, 0).requiresGrad(true);
      check(Autograd.grad(zero.norm(), zero), 0, 0);
      assertThrows(IllegalArgumentException.class, () -> x.norm(NAN, all, false));
    }
  }

  @Test
  void order() {
    try (Scope s = Scope.open()) {
      Tensor x = of(3, 1, 2, 1);
      check(x.sort(0, false), 1, 1, 2, 3);
      check(x.sort(0, true), 3, 2, 1, 1);
      assertArrayEquals(new int[] {1, 3, 2, 0}, x.argsort(0, false).ints());
      assertArrayEquals(new int[] {0, 2, 1, 3}, x.argsort(0, true).ints());
      check(of(2, NAN, 1).sort(0, false), 1, 2, NAN);
      check(of(2, NAN, 1).sort(0, true), NAN, 2, 1);
      check(x.median(0, false), 1);
      check(of(5, 9, 7).median(0, true), 7);
      check(of(5, NAN, 7).median(0, false), NAN);
      assertThrows(IllegalArgumentException.class, () -> Tensor.zeros(0).median(0, false));
    }
  }

  @Test
  void runningAndNaN() {
    try (Scope s = Scope.open()) {
      check(of(2, 3, 0, 4, 5).cumProd(0), 2, 6, 0, 0, 0);
      check(of(1, -2, 3, -4, 5).cumProd(0), 1, -2, -6, 24, 120);
      check(of(0, 0, 0, 1000).logCumSumExp(0), 0, Math.log(2), Math.log(3), 1000);
      check(of(-INF, -INF, 0).logCumSumExp(0), -INF, -INF, 0);
      check(of(1, NAN, 4).nanSum(), 5);
      check(of(1, NAN, 4).nanMean(), 2.5);
      check(of(NAN).nanMean(), NAN);
      check(of(1, 0, NAN).countNonZero(), 2);
    }
  }
}
