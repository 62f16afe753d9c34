package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.backend.BinaryKernel;
import org.jacana.backend.UnaryKernel;
import org.jacana.op.Binary;
import org.jacana.op.Unary;
import org.junit.jupiter.api.Test;

/** Every row of the tables of pointwise functions has its kernels, and no kernel is without one. */
class FunctionsTest {
  private static final List<String> UNARY =
      Arrays.stream(Unary.values()).map(Unary::kernel).toList();
  private static final List<String> BINARY =
      Arrays.stream(Binary.values()).map(Binary::kernel).toList();

  private static Set<String> with(List<String> rows, String suffix, String... more) {
    Set<String> names = new TreeSet<>(Arrays.asList(more));
    rows.forEach(r -> names.add(r + suffix));
    return names;
  }

  private static Set<String> names(String file) {
    return new TreeSet<>(Kernels.read(file).names());
  }

  @Test
  void everyRowHasAKernelForAllTypes() {
    assertEquals(with(UNARY, "_float"), names("unary_float"));
    assertEquals(with(UNARY, "_double", "square_i32"), names("unary_double"));
    assertEquals(with(BINARY, "_float"), names("binary_float"));
    assertEquals(with(BINARY, "_double", "mul_i32"), names("binary_double"));
  }

  @Test
  void everyRowHasAKernelForF32() {
    List<String> tests = List.of("is_nan", "is_inf", "logical_not");
    Set<String> unary = with(UNARY.stream().filter(r -> !tests.contains(r)).toList(), "_f32");
    unary.addAll(with(tests, "_test"));
    assertEquals(unary, names("unary_f32"));
    List<String> numbers =
        Stream.of(
                Binary.ADD,
                Binary.SUB,
                Binary.MUL,
                Binary.DIV,
                Binary.MAXIMUM,
                Binary.MINIMUM,
                Binary.POW,
                Binary.ATAN2,
                Binary.REMAINDER,
                Binary.RELU_GRAD)
            .map(Binary::kernel)
            .toList();
    Set<String> binary = with(numbers, "_f32");
    binary.addAll(with(BINARY.stream().filter(r -> !numbers.contains(r)).toList(), "_test"));
    assertEquals(binary, names("binary_f32"));
  }

  @Test
  void theFormIsTheNarrowestThatLosesNothing() {
    try (Twins t = new Twins(1)) {
      Functions f = new Functions(new Gpu(0), "binary");
      assertEquals(Functions.Form.F32, f.form("add", DType.F32, DType.F32, DType.F32));
      assertEquals(Functions.Form.TEST, f.form("lt", DType.BOOL, DType.F32, DType.F32));
      assertEquals(Functions.Form.FLOAT, f.form("lt", DType.BOOL, DType.BF16, DType.F32));
      assertEquals(Functions.Form.FLOAT, f.form("mul", DType.F32, DType.F32, DType.BOOL));
      assertEquals(Functions.Form.FLOAT, f.form("add", DType.F16, DType.F16, DType.F16));
      assertEquals(Functions.Form.DOUBLE, f.form("add", DType.F32, DType.I32, DType.F32));
      assertEquals(Functions.Form.DOUBLE, f.form("add", DType.BOOL, DType.F32, DType.F32));
      assertEquals(Functions.Form.DOUBLE, f.form("lt", DType.BOOL, DType.I32, DType.F32));
      assertEquals(Functions.Form.DOUBLE, f.form("add", DType.U8, DType.U8, DType.U8));
      assertEquals(Functions.Form.DOUBLE, f.form("add", DType.F64, DType.F64, DType.F64));
      assertFalse(t.cuda.description().isEmpty());
    }
  }

  /** A function without a row. */
  private enum Missing implements UnaryKernel, BinaryKernel {
    SOFTSIGN;

    @Override
    public String kernel() {
      return "softsign";
    }

    @Override
    public double apply(double x, double p, double q) {
      return x / (1 + Math.abs(x));
    }

    @Override
    public double apply(double a, double b) {
      return a / (1 + Math.abs(b));
    }
  }

  @Test
  void aFunctionWithoutARowIsRefusedByName() {
    for (DType type : DType.values()) {
      try (Twins t = new Twins(2)) {
        Twins.Twin x = t.dense(type, Shape.of(5));
        Throwable one =
            assertThrows(
                UnsupportedOperationException.class,
                () -> t.cuda.unary(Missing.SOFTSIGN, 0, 0, x.cuda(), x.cuda()));
        assertTrue(one.getMessage().startsWith("softsign: there is no kernel softsign_"));
        assertTrue(one.getMessage().contains("cuda/unary_rows.cuh"), one.getMessage());
        Throwable two =
            assertThrows(
                UnsupportedOperationException.class,
                () -> t.cuda.binary(Missing.SOFTSIGN, x.cuda(), x.cuda(), x.cuda()));
        assertTrue(two.getMessage().contains("cuda/binary_rows.cuh"), two.getMessage());
      }
    }
  }
}
