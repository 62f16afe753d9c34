package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every row of {@link OpCases} with its gradients, recorded: a replay gives the bits of an eager
 * run, also after the inputs have changed, and recording changes nothing.
 */
class RecordedCasesTest {
  /** Methods that read positions or upload tables, of which some rows cannot be recorded. */
  private static final Set<String> READING =
      Set.of(
          "AdaptivePool.average",
          "AdaptivePool.max",
          "Attention.attention",
          "Resize.bicubic",
          "Resize.bilinear",
          "Resize.nearest",
          "cumMax",
          "cumMin",
          "indexCopy",
          "maskedSelect",
          "nonZero",
          "oneHot",
          "pad",
          "scatter",
          "scatterReduce",
          "tril",
          "triu");

  @TestFactory
  Stream<DynamicTest> aReplayGivesTheBitsOfAnEagerRun() {
    return OpCasesTest.each(
        c -> {
          for (Device d : List.of(Device.REFERENCE, Device.CPU)) {
            if (Devices.all().contains(d)) {
              check(c, d);
            }
          }
        });
  }

  /** The row's value and, where it has them, gradients, all detached. */
  private static List<Tensor> work(OpCase c, Tensor[] xs, Tensor weights) {
    Tensor y = c.f().apply(xs);
    List<Tensor> all = new ArrayList<>(List.of(y.detach()));
    List<Tensor> tracked = Arrays.stream(xs).filter(Tensor::requiresGrad).toList();
    if (weights != null && !tracked.isEmpty()) {
      Autograd.grad(y, weights, tracked, false, false, true).forEach(g -> all.add(g.detach()));
    }
    return all;
  }

  private static double[][] eager(OpCase c, Tensor[] xs, Tensor weights) {
    try (Scope s = Scope.open()) {
      return work(c, xs, weights).stream().map(Tensor::doubles).toArray(double[][]::new);
    }
  }

  private static double[][] values(List<Tensor> tensors) {
    return tensors.stream().map(Tensor::doubles).toArray(double[][]::new);
  }

  private static void check(OpCase c, Device device) {
    try (Scope s = Scope.open(device)) {
      Tensor[] xs =
          Arrays.stream(c.arguments())
              .map(a -> a.tensor(DType.F32))
              .map(x -> c.order() > 0 && x.dtype().isFloat() ? x.requiresGrad(true) : x)
              .toArray(Tensor[]::new);
      Tensor weights = null;
      List<Tensor> results = new ArrayList<>();
      try (Scope inner = Scope.open()) {
        Tensor y = c.f().apply(xs);
        weights = c.order() > 0 ? Scope.release(y.detach().onesLike()) : null;
        for (Tensor t : work(c, xs, weights)) {
          results.add(Scope.release(Tensor.zeros(t.dtype(), t.shape().dims())));
        }
      }
      Tensor w = weights;
      double[][] inputs = values(Arrays.asList(xs));
      CapturedStep step;
      try {
        step =
            CapturedStep.record(
                device,
                () -> {
                  List<Tensor> made = work(c, xs, w);
                  for (int i = 0; i < made.size(); i++) {
                    results.get(i).assign(made.get(i));
                  }
                });
      } catch (IllegalStateException e) {
        assertTrue(e.getMessage().contains("while a step is recorded"), e.getMessage());
        assertTrue(READING.contains(c.name().substring(0, c.name().indexOf('('))), e.getMessage());
        assertArrayEquals(inputs, values(Arrays.asList(xs)));
        close(results, w);
        return;
      }
      try (step) {
        assertArrayEquals(inputs, values(Arrays.asList(xs)), "recording changed an input");
        for (Tensor r : results) {
          for (double v : r.doubles()) {
            assertEquals(0, v, "recording changed a result");
          }
        }
        // A dropout's row makes its generator anew, where a replay goes on with the recorded one.
        int passes = c.name().startsWith("Dropouts.") || c.name().endsWith("dropout") ? 1 : 2;
        for (int pass = 0; pass < passes; pass++) {
          step.replay();
          double[][] want = eager(c, xs, w);
          for (int i = 0; i < want.length; i++) {
            assertArrayEquals(want[i], results.get(i).doubles(), "pass " + pass + " result " + i);
          }
          Arrays.stream(xs).filter(x -> x.dtype() == DType.F32).forEach(RecordedCasesTest::reverse);
        }
      } finally {
        close(results, w);
      }
    }
  }

  private static void close(List<Tensor> results, Tensor weights) {
    results.forEach(Tensor::close);
    if (weights != null) {
      weights.close();
    }
  }

  private static void reverse(Tensor x) {
    if (x.size() == 0 || !x.view().layout().isContiguous()) {
      return;
    }
    float[] v = x.detach().floats();
    float[] back = new float[v.length];
    for (int i = 0; i < v.length; i++) {
      back[i] = v[v.length - 1 - i];
    }
    x.write(back);
  }
}
