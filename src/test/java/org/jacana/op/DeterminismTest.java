package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The bits of values and gradients on the CPU, for the rows that are large enough for threads. */
class DeterminismTest {
  private int threads;

  @BeforeEach
  void remember() {
    threads = Device.threads();
  }

  @AfterEach
  void restore() {
    Device.deterministic(false);
    Device.threads(threads);
  }

  private static Stream<OpCase> rows() {
    return OpCases.all().stream().filter(OpCase::large);
  }

  /** The value and the gradients of its sum. */
  private static List<double[]> results(OpCase c) {
    try (Scope s = Scope.open(Device.CPU)) {
      Arg[] args = c.arguments();
      Tensor[] xs = new Tensor[args.length];
      List<Tensor> tracked = new ArrayList<>();
      for (int i = 0; i < xs.length; i++) {
        xs[i] = args[i].tensor(DType.F32);
        if (c.order() > 0 && xs[i].dtype().isFloat()) {
          tracked.add(xs[i].requiresGrad(true));
        }
      }
      Tensor y = c.f().apply(xs);
      List<double[]> out = new ArrayList<>(List.of(y.doubles()));
      if (!tracked.isEmpty()) {
        Tensor g = y.square().sum();
        Autograd.grad(g, null, tracked, false, false, true).forEach(t -> out.add(t.doubles()));
      }
      return out;
    }
  }

  private static void same(List<double[]> a, List<double[]> b, String what) {
    for (int i = 0; i < a.size(); i++) {
      assertArrayEquals(a.get(i), b.get(i), what + ", result " + i);
    }
  }

  @TestFactory
  Stream<DynamicTest> theSameThreadsGiveTheSameBits() {
    return rows()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      for (int n : new int[] {1, 2, 3}) {
                        Device.threads(n);
                        same(results(c), results(c), n + " threads");
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> deterministicResultsDoNotDependOnThreads() {
    return rows()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      Device.deterministic(true);
                      Device.threads(1);
                      List<double[]> one = results(c);
                      for (int n : new int[] {2, 3, 5}) {
                        Device.threads(n);
                        same(one, results(c), n + " threads");
                      }
                    }));
  }
}
