package org.jacana.optim.minimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.cuda.CudaDevice;
import org.jacana.optim.regression.LogisticFit;
import org.jacana.optim.regression.LogisticRegression;
import org.jacana.optim.regression.Ridge;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Starts on a GPU, real or simulated: functions run there, answers are the host's. */
class OtherDevicesTest {
  @BeforeAll
  static void needsOne() {
    String reason = CudaDevice.whyNot();
    Assumptions.assumeTrue(reason == null, () -> "no GPU, real or not: " + reason);
  }

  @Test
  void methodsRunThere() {
    TestFunctions f = TestFunctions.beale();
    for (Method m : List.of(Method.bfgs(), Method.trustRegion(), Method.newtonCg())) {
      try (Scope s = Scope.open(Device.cuda(0))) {
        Minimum end =
            Minimize.of(
                    x -> {
                      assertEquals(Device.cuda(0), x.device());
                      return f.f().apply(x);
                    })
                .method(m)
                .from(f.startTensor());
        assertTrue(end.converged() && f.distance(end.x()) < 1e-6, end.toString());
        assertEquals(Device.cuda(0), end.tensor().device());
      }
    }
  }

  @Test
  void constraintsAndResidualsRunThere() {
    try (Scope s = Scope.open(Device.cuda(0))) {
      ConstrainedMinimum m =
          Constrained.of(x -> x.prod().neg())
              .equality(x -> x.square().sum().sub(3))
              .bounds(new double[] {0}, new double[] {9})
              .from(Tensor.of(new double[] {0.5, 1, 2}));
      assertTrue(m.converged(), m.toString());
      assertArrayEquals(new double[] {1, 1, 1}, m.x(), 1e-6);
      LeastSquaresFit fit =
          LeastSquares.of(b -> b.exp().sub(2)).from(Tensor.of(new double[] {0, 3}));
      assertArrayEquals(new double[] {Math.log(2), Math.log(2)}, fit.x(), 1e-12);
      Tensor a = Tensor.of(new double[] {1, 1, -1, 1, 0, -2}, 3, 2);
      Tensor y = Tensor.of(new double[] {7, 2, 0});
      double[] b = {2, 9 / 6.5};
      assertArrayEquals(b, Ridge.of(0.5).fit(a, y).coefficients(), 1e-12);
      double[] iterated = Ridge.of(0.5).method(Method.lbfgs()).fit(a, y).coefficients();
      assertArrayEquals(b, iterated, 1e-7);
      Tensor x = Tensor.of(new double[] {1, 2, 3, 4}, 4, 1);
      LogisticFit logistic =
          new LogisticRegression().l2(1).fit(x, Tensor.of(new int[] {0, 0, 1, 1}));
      assertArrayEquals(new int[] {0, 0, 1, 1}, logistic.predict(x).ints());
    }
  }
}
