package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.IntToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Reductions of 10^7 float32 numbers keep a relative error of 1e-6, with values for which a running
 * float32 sum is wrong in the second digit or sooner. The expected numbers are closed forms.
 */
class LongReductionsTest {
  private static final int N = 10_000_000;
  private static final float TENTH = 0.1f;

  private record Case(
      String name, IntToDoubleFunction values, UnaryOperator<Tensor> f, double expected) {}

  private static Stream<Case> cases() {
    int[] all = {0};
    double sumOfSquares = (double) TENTH * TENTH * N;
    // 1000 +- 1: each float32 is exact, so the mean is 1000 and the variance N / (N - 1).
    IntToDoubleFunction around = i -> 1000 + (i % 2 == 0 ? 1 : -1);
    // One large number, after which a float32 sum no longer moves.
    IntToDoubleFunction hidden = i -> i == 0 ? 1e8 : 1;
    // Large numbers that cancel, with a small one between that a float32 sum loses.
    IntToDoubleFunction cancelling = i -> i % 3 == 0 ? 3e8 : i % 3 == 1 ? 1 : -3e8;
    int thirds = N / 3;
    return Stream.of(
        new Case("sum of tenths", i -> TENTH, x -> x.sum(), (double) TENTH * N),
        new Case("sum after a large number", hidden, x -> x.sum(), 1e8 + N - 1),
        new Case("sum by columns", i -> TENTH, x -> columns(x).sum(0).sum(), (double) TENTH * N),
        new Case("sum by rows", hidden, x -> rows(x).sum(1).sum(), 1e8 + N - 1),
        new Case("sum that cancels", cancelling, x -> x.sum(), thirds + 3e8),
        new Case("mean of tenths", i -> TENTH, x -> x.mean(), TENTH),
        new Case("mean far from zero", around, x -> x.mean(), 1000),
        new Case("var far from zero", around, x -> x.var(all, false, 1), N / (N - 1.0)),
        new Case("norm of tenths", i -> TENTH, x -> x.norm(), Math.sqrt(sumOfSquares)),
        new Case(
            "logSumExp of tenths", i -> TENTH, x -> x.logSumExp(all, false), TENTH + Math.log(N)),
        new Case(
            "logSumExp after a large number",
            i -> i == 0 ? 12 : 0,
            x -> x.logSumExp(all, false),
            Math.log(Math.exp(12) + N - 1)));
  }

  private static Tensor columns(Tensor x) {
    return x.reshape(N / 4, 4);
  }

  private static Tensor rows(Tensor x) {
    return x.reshape(4, N / 4);
  }

  private static double naive(float[] v) {
    float sum = 0;
    for (float x : v) {
      sum += x;
    }
    return sum;
  }

  private static float[] values(Case c) {
    float[] v = new float[N];
    for (int i = 0; i < N; i++) {
      v[i] = (float) c.values.applyAsDouble(i);
    }
    return v;
  }

  @TestFactory
  Stream<DynamicTest> tenMillionNumbersKeepSixDigits() {
    return cases()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name,
                    () -> {
                      float[] v = values(c);
                      for (Device d : new Device[] {Device.REFERENCE, Device.CPU}) {
                        check(c, v, d);
                      }
                    }));
  }

  private static void check(Case c, float[] v, Device d) {
    try (Scope s = Scope.open(d)) {
      double got = c.f.apply(Tensor.of(v)).item();
      assertEquals(c.expected, got, 1e-6 * Math.abs(c.expected), d.toString());
    }
  }

  @TestFactory
  Stream<DynamicTest> runningFloatSumsFailHere() {
    return cases()
        .filter(c -> c.name.startsWith("sum"))
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name,
                    () -> {
                      double error = Math.abs(naive(values(c)) - c.expected);
                      assertTrue(error > 1e-3 * Math.abs(c.expected), "error " + error);
                    }));
  }
}
