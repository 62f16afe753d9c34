package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.GradientCheck;
import org.jacana.autograd.Transforms;
import org.jacana.linalg.LinalgCases.Case;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every question of every row: derivatives, both libraries, both types, layouts. */
class LinalgCasesTest {
  private static Stream<DynamicTest> each(Consumer<Case> test) {
    return LinalgCases.all().stream().map(c -> dynamicTest(c.name(), () -> test.accept(c)));
  }

  private static Tensor[] inputs(Case c) {
    return Arrays.stream(c.inputs()).map(LinalgCases.Input::tensor).toArray(Tensor[]::new);
  }

  private static Tensor value(Case c, Device device, DType type) {
    try (Scope s = Scope.open(device)) {
      Tensor[] in = Arrays.stream(inputs(c)).map(t -> t.to(type)).toArray(Tensor[]::new);
      return s.keep(c.f().apply(in));
    }
  }

  @TestFactory
  Stream<DynamicTest> derivatives() {
    return LinalgCases.all().stream()
        .filter(c -> c.order() > 0)
        .map(
            c ->
                dynamicTest(
                    c.name(),
                    () -> {
                      try (Scope s = Scope.open()) {
                        GradientCheck.of(c.f())
                            .order(c.order())
                            .tolerance(1e-6, 1e-5)
                            .check(inputs(c));
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> plainJavaAgrees() {
    return each(
        c -> {
          try (Scope s = Scope.open()) {
            Tensor a = value(c, Device.CPU, DType.F64);
            Tensor b = value(c, Device.REFERENCE, DType.F64);
            assertEquals(a.shape(), b.shape());
            assertArrayEquals(a.doubles(), b.doubles(), 1e-10, c.name());
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> float32Agrees() {
    return each(
        c -> {
          try (Scope s = Scope.open()) {
            Tensor wide = value(c, Device.CPU, DType.F64);
            for (Device device : new Device[] {Device.CPU, Device.REFERENCE}) {
              Tensor narrow = value(c, device, DType.F32);
              assertTrue(narrow.dtype() == DType.F32 || narrow.dtype() == DType.I32);
              double[] v = wide.doubles();
              double scale = Arrays.stream(v).map(Math::abs).max().orElse(1) + 1;
              assertArrayEquals(v, narrow.doubles(), 2e-4 * scale, c.name());
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> layoutsDoNotMatter() {
    return each(
        c -> {
          try (Scope s = Scope.open()) {
            Tensor[] in = inputs(c);
            double[] expected = c.f().apply(in).doubles();
            Tensor[] turned = new Tensor[in.length];
            Tensor[] cut = new Tensor[in.length];
            for (int i = 0; i < in.length; i++) {
              int r = in[i].rank();
              turned[i] = r < 2 ? in[i] : in[i].transpose(-1, -2).copy().transpose(-1, -2);
              int[] border = new int[2 * r];
              Arrays.fill(border, 1);
              Tensor padded = in[i].pad(99, border);
              for (int a = 0; a < r; a++) {
                padded = padded.slice(a, 1, 1 + in[i].shape().dim(a));
              }
              cut[i] = padded;
            }
            assertArrayEquals(expected, c.f().apply(turned).doubles(), 1e-12);
            assertArrayEquals(expected, c.f().apply(cut).doubles(), 1e-12);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> mapsAndTheirGradients() {
    return each(
        c -> {
          try (Scope s = Scope.open()) {
            List<Tensor> in = new ArrayList<>();
            for (Tensor t : inputs(c)) {
              in.add(Tensor.stack(0, t, t.mul(1.1)));
            }
            int[] axes = new int[in.size()];
            Function<List<Tensor>, Tensor> f = xs -> c.f().apply(xs.toArray(Tensor[]::new));
            Tensor all = Transforms.vmapAll(f, axes, 0).apply(in);
            Tensor first = c.f().apply(inputs(c));
            assertArrayEquals(first.doubles(), all.select(0, 0).doubles(), 1e-10);
            List<Tensor> scaled = in.stream().map(t -> t.select(0, 1)).toList();
            assertArrayEquals(f.apply(scaled).doubles(), all.select(0, 1).doubles(), 1e-10);
            if (c.order() > 0) {
              Function<List<Tensor>, Tensor> g =
                  xs -> Transforms.gradAll(ys -> f.apply(ys).square().sum()).apply(xs).get(0);
              Tensor mapped = Transforms.vmapAll(g, axes, 0).apply(in);
              assertArrayEquals(
                  g.apply(scaled).doubles(), mapped.select(0, 1).doubles(), 1e-7, c.name());
            }
          }
        });
  }

  @Test
  void everyMethodHasARow() {
    Set<String> rows =
        LinalgCases.all().stream().map(c -> c.name().split(" ")[0]).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    for (var m : Linalg.class.getDeclaredMethods()) {
      if (Modifier.isPublic(m.getModifiers())
          && !m.getName().equals("library")
          && !rows.contains(m.getName())) {
        missing.add(m.getName());
      }
    }
    assertEquals(Set.of(), missing);
  }
}
