package org.jacana.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.backend.Layout;
import org.jacana.backend.View;
import org.jacana.backend.reference.Cursor;
import org.junit.jupiter.api.Test;

/** Copies of expanded views against those that plain loops make. */
class RepeatedCopyTest {
  private static Tensor numbers(DType type, int... shape) {
    int n = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    int[] v = new int[n];
    Arrays.setAll(v, i -> i % 201 - 100);
    return Tensor.of(v).to(type).reshape(shape);
  }

  private static void check(Tensor x, boolean fast) {
    Tensor out = Tensor.full(x.dtype(), 77, x.shape().dims());
    Workers workers = new Workers(2);
    boolean taken = RepeatedCopy.run(workers, out.view(), x.view());
    assertEquals(fast && Native.available(), taken, x.shape().toString());
    if (!taken) {
      Backends.of(Device.CPU).copy(out.view(), x.view());
    }
    double[] want = new double[Math.toIntExact(x.size())];
    Layout l = x.view().layout();
    double[] all = base(x);
    int[] at = new int[l.rank()];
    for (int i = 0; i < want.length; i++) {
      long place = l.offset();
      for (int a = 0; a < at.length; a++) {
        place += at[a] * l.stride(a);
      }
      want[i] = all[Math.toIntExact(place)];
      for (int a = at.length - 1; a >= 0 && ++at[a] == l.dim(a); a--) {
        at[a] = 0;
      }
    }
    assertArrayEquals(want, out.doubles());
  }

  /** What lies in the tensor's memory. */
  private static double[] base(Tensor x) {
    int n = Math.toIntExact(x.view().buffer().bytes() / x.dtype().bytes());
    double[] all = new double[n];
    View flat = new View(x.view().buffer(), x.dtype(), Layout.contiguous(Shape.of(n)));
    new Cursor(flat).get(0, n, all);
    return all;
  }

  @Test
  void rowsAreRepeated() {
    try (Scope scope = Scope.open(Device.CPU)) {
      check(numbers(DType.F32, 64, 1, 1, 64).expand(64, 8, 8, 64), true);
      check(numbers(DType.F32, 3, 1, 17).expand(3, 1000, 17), true);
      check(numbers(DType.F64, 1, 5, 7).expand(9, 5, 7), true);
      check(numbers(DType.BF16, 2, 3, 1, 40).expand(2, 3, 5, 40), true);
      check(numbers(DType.I32, 1, 9000).expand(3, 9000), true);
      // From the middle of other memory.
      check(numbers(DType.F32, 6, 1, 32).slice(0, 2, 4).expand(2, 3, 32), true);
    }
  }

  @Test
  void otherFormsAreLeft() {
    try (Scope scope = Scope.open(Device.CPU)) {
      check(numbers(DType.F32, 4, 32), false);
      check(numbers(DType.F32, 4, 1).expand(4, 32), false);
      check(numbers(DType.F32, 5, 1, 3).expand(5, 4, 3), false);
      check(numbers(DType.F32, 32, 4).transpose(0, 1), false);
      check(numbers(DType.F32, 4, 1, 2, 32).slice(2, 0, 1).expand(4, 3, 1, 32), false);
      check(numbers(DType.F32, 1, 4, 1, 32).expand(2, 4, 3, 32), false);
      check(numbers(DType.F32, 0, 1, 32).expand(0, 3, 32), false);
    }
  }
}
