package org.jacana.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class RateFinderTest {
  /** Gradient descent on w^2 / 2 multiplies w by 1 - rate. */
  @Test
  void theCurveOfAParabolaIsKnown() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {2}).requiresGrad(true);
      Tensor buffer = Tensor.of(new double[] {7});
      long live = w.backend().liveBytes();
      RateFinder.Curve c =
          new RateFinder(1e-3, 100, 60)
              .run(
                  Sgd::of,
                  List.of(w),
                  List.of(buffer),
                  () -> {
                    buffer.assign(buffer.add(1));
                    return w.square().sum().mul(0.5);
                  });
      assertEquals(2, w.item());
      assertEquals(7, buffer.item());
      assertEquals(live, w.backend().liveBytes());
      double x = 2;
      double average = 0;
      double best = Double.POSITIVE_INFINITY;
      double steepest = 0;
      double suggestion = Double.NaN;
      double before = 0;
      for (int n = 0; n < c.rates().size(); n++) {
        double rate = 1e-3 * Math.pow(1e5, n / 59.0);
        assertEquals(rate, c.rates().get(n), 1e-12 * rate);
        assertEquals(x * x / 2, c.losses().get(n), 1e-9 * (1 + x * x));
        average = 0.98 * average + 0.02 * x * x / 2;
        double smooth = average / (1 - Math.pow(0.98, n + 1));
        assertEquals(smooth, c.smoothed().get(n), 1e-9 * (1 + smooth));
        if (smooth < best && n > 0 && smooth - before < steepest) {
          steepest = smooth - before;
          suggestion = c.rates().get(n - 1);
        }
        best = Math.min(best, smooth);
        before = smooth;
        x -= rate * x;
        boolean last = n == c.rates().size() - 1;
        assertEquals(last, smooth > 4 * best, "stops at the first large loss, step " + n);
      }
      assertTrue(c.rates().size() < 60);
      assertEquals(suggestion, c.suggestion());
      assertTrue(suggestion > 0.01 && suggestion < 1, "" + suggestion);
    }
  }

  @Test
  void failuresPutTheWeightsBack() {
    try (Scope s = Scope.open()) {
      Tensor w = Tensor.of(new double[] {2}).requiresGrad(true);
      int[] calls = {0};
      assertThrows(
          IllegalStateException.class,
          () ->
              new RateFinder()
                  .run(
                      Adam::of,
                      List.of(w),
                      List.of(),
                      () -> {
                        if (++calls[0] > 3) {
                          throw new IllegalStateException("no more batches");
                        }
                        return w.square().sum();
                      }));
      assertArrayEquals(new double[] {2}, w.doubles());
      assertThrows(
          ArithmeticException.class,
          () ->
              new RateFinder().run(Adam::of, List.of(w), List.of(), () -> w.mul(Double.NaN).sum()));
      assertThrows(IllegalArgumentException.class, () -> new RateFinder(0, 1, 10));
      assertThrows(IllegalArgumentException.class, () -> new RateFinder(1, 1, 10));
      assertThrows(IllegalArgumentException.class, () -> new RateFinder(Double.NaN, 1, 10));
      assertThrows(IllegalArgumentException.class, () -> new RateFinder(1, 2, 1));
      assertEquals(Double.NaN, RateFinder.suggestion(List.of(1.0, 2.0), List.of(1.0, 1.5)));
    }
  }
}
