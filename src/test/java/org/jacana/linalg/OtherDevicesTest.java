package org.jacana.linalg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Lapack;
import org.jacana.backend.reference.ReferenceBackend;
import org.junit.jupiter.api.Test;

/** On a device without LAPACK, matrices go to the host and results come back. */
class OtherDevicesTest {
  private static final class Without extends ReferenceBackend {
    @Override
    public Lapack lapack() {
      return null;
    }
  }

  private static Tensor on(Backend backend, double[] values, int... shape) {
    Tensor t = Tensor.allocate(backend, Shape.of(shape), DType.F64);
    ByteBuffer b = ByteBuffer.allocate(8 * values.length).order(ByteOrder.nativeOrder());
    b.asDoubleBuffer().put(values);
    backend.upload(t.view().buffer(), 0, b);
    return t;
  }

  @Test
  void matricesGoThroughTheHost() {
    Backend backend = new Without();
    try (Scope s = Scope.open()) {
      double[] a = {2, 1, 1, 3};
      Tensor x = on(backend, a, 2, 2);
      Tensor inverse = Linalg.inv(x);
      assertEquals(x.device(), inverse.device());
      assertArrayEquals(new double[] {0.6, -0.2, -0.2, 0.4}, inverse.doubles(), 1e-15);
      Eigh e = Linalg.eigh(x.transpose(0, 1));
      assertEquals(x.device(), e.vectors().device());
      double root = Math.sqrt(5) / 2;
      assertArrayEquals(new double[] {2.5 - root, 2.5 + root}, e.values().doubles(), 1e-14);
      assertEquals(5, Linalg.det(x).item(), 1e-14);
    }
    assertEquals(0, backend.liveBytes());
  }
}
