package org.jacana.optim.minimize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/**
 * More problems of Hock and Schittkowski (1981) from their published starts; {@code
 * ConstrainedTest} has those with multipliers.
 */
class HockSchittkowskiTest {
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private static Tensor at(Tensor x, int i) {
    return x.select(0, i - 1);
  }

  private static double[] v(double... x) {
    return x;
  }

  /** sum c_i x_i^power. */
  private static Tensor sum(Tensor x, double power, double... c) {
    return (power == 1 ? x : x.pow(power)).mul(Tensor.of(c)).sum();
  }

  private static void check(ConstrainedMinimum m, double value, double tolerance, double... x) {
    assertTrue(m.converged(), m.toString());
    assertEquals(value, m.value(), tolerance, m + " " + Arrays.toString(m.x()));
    if (x.length > 0) {
      assertArrayEquals(x, m.x(), 1e-5, Arrays.toString(m.x()));
    }
  }

  @Test
  void hs39() {
    check(
        Constrained.of(x -> at(x, 1).neg())
            .equality(
                x ->
                    Tensor.stack(
                        0,
                        at(x, 2).sub(at(x, 1).pow(3)).sub(at(x, 3).square()),
                        at(x, 1).square().sub(at(x, 2)).sub(at(x, 4).square())))
            .from(2, 2, 2, 2),
        -1,
        1e-7,
        1,
        1,
        0,
        0);
  }

  @Test
  void hs40() {
    check(
        Constrained.of(x -> x.prod().neg())
            .equality(
                x ->
                    Tensor.stack(
                        0,
                        at(x, 1).pow(3).add(at(x, 2).square()).sub(1),
                        at(x, 1).square().mul(at(x, 4)).sub(at(x, 3)),
                        at(x, 4).square().sub(at(x, 2))))
            .from(0.8, 0.8, 0.8, 0.8),
        -0.25,
        1e-9,
        Math.pow(2, -1 / 3.0),
        Math.sqrt(0.5),
        Math.pow(2, -11 / 12.0),
        Math.pow(2, -0.25));
  }

  @Test
  void hs48() {
    ConstrainedMinimum m =
        Constrained.of(
                x ->
                    at(x, 1)
                        .sub(1)
                        .square()
                        .add(at(x, 2).sub(at(x, 3)).square())
                        .add(at(x, 4).sub(at(x, 5)).square()))
            .equality(
                x ->
                    Tensor.stack(
                        0, x.sum().sub(5), at(x, 3).sub(at(x, 4).add(at(x, 5)).mul(2)).add(3)))
            .from(3, 5, -3, 2, -2);
    check(m, 0, 1e-14, 1, 1, 1, 1, 1);
    assertEquals(1, m.iterations());
  }

  @Test
  void hs65() {
    check(
        Constrained.of(
                x ->
                    at(x, 1)
                        .sub(at(x, 2))
                        .square()
                        .add(at(x, 1).add(at(x, 2)).sub(10).square().div(9))
                        .add(at(x, 3).sub(5).square()))
            .inequality(x -> x.square().sum().sub(48))
            .bounds(v(-4.5, -4.5, -5), v(4.5, 4.5, 5))
            .from(-5, 5, 0),
        0.9535288567,
        1e-8,
        3.6504618,
        3.6504618,
        4.6204170);
  }

  @Test
  void hs76() {
    check(
        Constrained.of(
                x ->
                    sum(x, 2, 1, 0.5, 1, 0.5)
                        .add(sum(x, 1, -1, -3, 1, -1))
                        .sub(at(x, 1).mul(at(x, 3)))
                        .add(at(x, 3).mul(at(x, 4))))
            .inequality(
                x ->
                    Tensor.stack(
                        0,
                        sum(x, 1, 1, 2, 1, 1).sub(5),
                        sum(x, 1, 3, 1, 2, -1).sub(4),
                        sum(x, 1, 0, -1, -4, 0).add(1.5)))
            .bounds(v(0), v(INFINITE))
            .from(0.5, 0.5, 0.5, 0.5),
        -4.681818181,
        1e-8,
        0.2727273,
        2.0909091,
        0,
        0.5454545);
  }

  @Test
  void hs77() {
    check(
        Constrained.of(
                x ->
                    at(x, 1)
                        .sub(1)
                        .square()
                        .add(at(x, 1).sub(at(x, 2)).square())
                        .add(at(x, 3).sub(1).square())
                        .add(at(x, 4).sub(1).pow(4))
                        .add(at(x, 5).sub(1).pow(6)))
            .equality(
                x ->
                    Tensor.stack(
                        0,
                        at(x, 1)
                            .square()
                            .mul(at(x, 4))
                            .add(at(x, 4).sub(at(x, 5)).sin())
                            .sub(2 * Math.sqrt(2)),
                        at(x, 2).add(at(x, 3).pow(4).mul(at(x, 4).square())).sub(8 + Math.sqrt(2))))
            .from(2, 2, 2, 2, 2),
        0.24150513,
        1e-8,
        1.166172,
        1.182111,
        1.380257,
        1.506036,
        0.6109203);
  }

  @Test
  void hs78() {
    check(
        Constrained.of(x -> x.prod())
            .equality(
                x ->
                    Tensor.stack(
                        0,
                        x.square().sum().sub(10),
                        at(x, 2).mul(at(x, 3)).sub(at(x, 4).mul(at(x, 5)).mul(5)),
                        at(x, 1).pow(3).add(at(x, 2).pow(3)).add(1)))
            .from(-2, 1.5, 2, -1, -1),
        -2.91970041,
        1e-8);
  }

  @Test
  void hs79() {
    double root = Math.sqrt(2);
    check(
        Constrained.of(
                x ->
                    at(x, 1)
                        .sub(1)
                        .square()
                        .add(at(x, 1).sub(at(x, 2)).square())
                        .add(at(x, 2).sub(at(x, 3)).square())
                        .add(at(x, 3).sub(at(x, 4)).pow(4))
                        .add(at(x, 4).sub(at(x, 5)).pow(4)))
            .equality(
                x ->
                    Tensor.stack(
                        0,
                        at(x, 1).add(at(x, 2).square()).add(at(x, 3).pow(3)).sub(2 + 3 * root),
                        at(x, 2).sub(at(x, 3).square()).add(at(x, 4)).sub(2 * root - 2),
                        at(x, 1).mul(at(x, 5)).sub(2)))
            .from(2, 2, 2, 2, 2),
        0.0787768209,
        1e-9);
  }

  @Test
  void hs100() {
    check(
        Constrained.of(
                x ->
                    at(x, 1)
                        .sub(10)
                        .square()
                        .add(at(x, 2).sub(12).square().mul(5))
                        .add(at(x, 3).pow(4))
                        .add(at(x, 4).sub(11).square().mul(3))
                        .add(at(x, 5).pow(6).mul(10))
                        .add(at(x, 6).square().mul(7))
                        .add(at(x, 7).pow(4))
                        .sub(at(x, 6).mul(at(x, 7)).mul(4))
                        .sub(at(x, 6).mul(10))
                        .sub(at(x, 7).mul(8)))
            .inequality(
                x ->
                    Tensor.stack(
                        0,
                        sum(x, 2, 2, 0, 0, 4, 0, 0, 0)
                            .add(at(x, 2).pow(4).mul(3))
                            .add(sum(x, 1, 0, 0, 1, 0, 5, 0, 0))
                            .sub(127),
                        sum(x, 1, 7, 3, 0, 1, -1, 0, 0).add(at(x, 3).square().mul(10)).sub(282),
                        sum(x, 2, 0, 1, 0, 0, 0, 6, 0)
                            .add(sum(x, 1, 23, 0, 0, 0, 0, 0, -8))
                            .sub(196),
                        sum(x, 2, 4, 1, 2, 0, 0, 0, 0)
                            .sub(at(x, 1).mul(at(x, 2)).mul(3))
                            .add(sum(x, 1, 0, 0, 0, 0, 0, 5, -11))))
            .from(1, 2, 0, 4, 0, 1, 1),
        680.6300573,
        1e-6);
  }
}
