package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Leaks;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.GradientCheck;
import org.jacana.backend.Backends;
import org.jacana.nn.LossCases.LossCase;
import org.jacana.nn.Losses.Reduction;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Asks every question of every row of {@link LossCases}. */
class LossCasesTest {
  private static final List<Device> DEVICES = List.of(Device.REFERENCE, Device.CPU);

  private static long live() {
    return DEVICES.stream().mapToLong(d -> Backends.of(d).liveBytes()).sum();
  }

  private static Stream<DynamicTest> each(Consumer<LossCase> question) {
    return LossCases.all().stream()
        .map(
            c ->
                DynamicTest.dynamicTest(
                    c.name(),
                    () -> {
                      long before = live();
                      int open = Leaks.open().size();
                      question.accept(c);
                      assertEquals(before, live(), () -> "bytes left alive: " + Leaks.open());
                      assertEquals(open, Leaks.open().size(), () -> "left: " + Leaks.open());
                    }));
  }

  @Test
  void everyLossHasRows() {
    Set<String> methods =
        Arrays.stream(Losses.class.getDeclaredMethods())
            .filter(m -> Modifier.isPublic(m.getModifiers()) && m.getReturnType() == Tensor.class)
            .map(m -> m.getName())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> rows =
        LossCases.all().stream()
            .map(LossCase::method)
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(methods, rows);
  }

  @TestFactory
  Stream<DynamicTest> derivativesMatchDifferenceQuotients() {
    return each(
        c -> {
          try (Scope s = Scope.open(Device.REFERENCE)) {
            for (Reduction r : new Reduction[] {Reduction.NONE, Reduction.MEAN}) {
              GradientCheck.of(x -> c.f().apply(x, r))
                  .order(c.order())
                  .tolerance(2e-7, 1e-6)
                  .check(c.tensors(DType.F64));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> reductionsJoinTheSingleLosses() {
    return each(
        c -> {
          try (Scope s = Scope.open()) {
            Tensor[] x = c.tensors(DType.F64);
            Tensor none = c.f().apply(x, Reduction.NONE);
            double[] losses = none.doubles();
            assertTrue(losses.length > 1, "a row needs several losses");
            double sum = Arrays.stream(losses).sum();
            double rounding = 1e-13 * (1 + Math.abs(sum));
            assertEquals(sum, c.f().apply(x, Reduction.SUM).item(), rounding);
            assertEquals(
                sum / none.shape().dim(0), c.f().apply(x, Reduction.BATCH_MEAN).item(), rounding);
            double mean = c.f().apply(x, Reduction.MEAN).item();
            if (c.plainMean()) {
              assertEquals(sum / losses.length, mean, rounding);
            } else {
              assertTrue(Math.abs(sum / losses.length - mean) > 1e-6, "the mean is weighted");
            }
          }
        });
  }

  private record Result(double[] value, List<double[]> gradients) {}

  private static Result evaluate(LossCase c, Device device, DType type) {
    try (Scope s = Scope.open(device)) {
      Tensor[] x = c.tensors(type);
      List<Tensor> leaves =
          Arrays.stream(x).filter(t -> t.dtype().isFloat()).map(t -> t.requiresGrad(true)).toList();
      Tensor y = c.f().apply(x, Reduction.NONE);
      assertEquals(type, y.dtype());
      assertEquals(device, y.device());
      return new Result(
          y.doubles(),
          Autograd.grad(y.sum(), leaves, false).stream().map(Tensor::doubles).toList());
    }
  }

  @TestFactory
  Stream<DynamicTest> devicesAndTypesAgree() {
    return each(
        c -> {
          Result expected = evaluate(c, Device.REFERENCE, DType.F64);
          for (Device d : DEVICES) {
            for (DType t : new DType[] {DType.F64, DType.F32}) {
              Result actual = evaluate(c, d, t);
              double e = t == DType.F64 ? 1e-12 : 2e-5;
              assertArrayEquals(expected.value(), actual.value(), e, d + " " + t);
              for (int i = 0; i < expected.gradients().size(); i++) {
                assertArrayEquals(
                    expected.gradients().get(i), actual.gradients().get(i), e, d + " " + t);
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> outsideAnyScopeOnlyTheResultIsLeftToClose() {
    return each(
        c -> {
          if (c.name().startsWith("cosineSimilarity") || c.name().equals("nll plain")) {
            return; // Their rows chain several calls.
          }
          Tensor[] x = c.tensors(DType.F32);
          for (Reduction r : Reduction.values()) {
            int open = Leaks.open().size();
            Tensor y = c.f().apply(x, r);
            assertEquals(open + 1, Leaks.open().size(), () -> r + " " + Leaks.open());
            y.close();
          }
          for (Tensor t : x) {
            t.close();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> closedInputsAreRefused() {
    return each(
        c -> {
          for (int i = 0; i < c.inputs().length; i++) {
            try (Scope s = Scope.open()) {
              Tensor[] x = c.tensors(DType.F32);
              x[i].close();
              IllegalStateException e =
                  assertThrows(IllegalStateException.class, () -> c.f().apply(x, Reduction.MEAN));
              assertTrue(e.getMessage().contains("is closed"), e.getMessage());
            }
          }
        });
  }
}
