package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums, differences, products and quotients of so many numbers that memory is the limit. */
class LargeArithmeticTest {
  private static final float[] ODD = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0f, -0f, Float.MAX_VALUE, 1e-40f
  };

  private static final Map<BinaryOperator<Tensor>, DoubleBinaryOperator> FUNCTIONS =
      Map.of(
          Tensor::add, (a, b) -> a + b,
          Tensor::sub, (a, b) -> a - b,
          Tensor::mul, (a, b) -> a * b,
          Tensor::div, (a, b) -> a / b);

  private static float[] values(int n, int seed) {
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      int h = (i + 1) * 0x9e3779b1 + seed;
      // Every pair of odd ones meets, in places that no vector's length divides.
      v[i] = i % 61 == 0 ? ODD[i / 61 / (seed == 0 ? 1 : 7) % 7] : (h >> 8) * 0x1p-20f;
    }
    return v;
  }

  /** Pieces of 65,536 to 524,288 and more, and lengths that four and eight do not divide. */
  @ParameterizedTest
  @ValueSource(ints = {1 << 19, 1 << 20, (1 << 20) + 37, 1 << 22, (1 << 22) + 12, (1 << 22) + 1})
  void isRoundedOnce(int n) {
    float[] x = values(n, 0);
    float[] y = values(n, 1);
    try (Scope all = Scope.open(Device.CPU)) {
      Tensor a = Tensor.of(x);
      Tensor b = Tensor.of(y);
      FUNCTIONS.forEach(
          (f, g) -> {
            try (Scope one = Scope.open(Device.CPU)) {
              float[] got = f.apply(a, b).floats();
              for (int i = 0; i < n; i++) {
                // The double result of two floats rounds to the float result.
                float want = (float) g.applyAsDouble(x[i], y[i]);
                if (Float.floatToIntBits(want) != Float.floatToIntBits(got[i])) {
                  assertEquals(want, got[i], x[i] + " and " + y[i] + " at " + i + " of " + n);
                }
              }
            }
          });
    }
  }
}
