package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Buffer;
import org.junit.jupiter.api.Test;

/** Memory in and out of the device, fills and casts. */
class CopiesTest {
  private final CudaBackend cuda = CudaDevice.backend();
  private final Device gpu = cuda.device();

  private static double[] values(int n) {
    Random r = new Random(n);
    double[] v = new double[n];
    Arrays.setAll(v, i -> r.nextInt(200) + r.nextInt(8) / 8.0);
    return v;
  }

  @Test
  void bytesComeBackAsTheyWent() {
    for (int n : new int[] {1, 3, 4096, (4 << 20) - 1, (4 << 20) + 5, (9 << 20) + 1}) {
      byte[] bytes = new byte[n];
      new Random(n).nextBytes(bytes);
      Buffer b = cuda.allocate(n);
      cuda.upload(b, 0, ByteBuffer.wrap(bytes));
      ByteBuffer back = ByteBuffer.allocate(n);
      cuda.download(back, b, 0);
      assertArrayEquals(bytes, back.array());
      ByteBuffer part = ByteBuffer.allocate(n / 2);
      cuda.download(part, b, n - n / 2);
      assertArrayEquals(Arrays.copyOfRange(bytes, n - n / 2, n), part.array());
      assertThrows(
          IndexOutOfBoundsException.class, () -> cuda.download(ByteBuffer.allocate(2), b, n - 1));
      assertThrows(
          IndexOutOfBoundsException.class, () -> cuda.upload(b, -1, ByteBuffer.allocate(1)));
      b.release();
    }
  }

  @Test
  void everyTypeCastsToEveryTypeAsTheReferenceDoes() {
    double[] v = values(1000);
    v[0] = Double.NaN;
    v[1] = Double.POSITIVE_INFINITY;
    v[2] = Double.NEGATIVE_INFINITY;
    v[3] = -0.0;
    v[4] = 1e-7;
    v[5] = 70000;
    v[6] = -3.7;
    v[7] = 1e300;
    v[8] = 6e-8;
    for (DType from : DType.values()) {
      for (DType to : DType.values()) {
        double[] expected = cast(Device.REFERENCE, v, from, to);
        assertArrayEquals(expected, cast(gpu, v, from, to), from + " to " + to);
      }
    }
  }

  private static double[] cast(Device d, double[] v, DType from, DType to) {
    try (Scope s = Scope.open(d)) {
      return Tensor.of(v).to(from).to(to).doubles();
    }
  }

  @Test
  void viewsOfAnyLayoutAreCopied() {
    double[] v = values(2 * 3 * 4 * 5);
    for (DType t : DType.values()) {
      double[][] results = new double[2][];
      int k = 0;
      for (Device d : new Device[] {Device.REFERENCE, gpu}) {
        try (Scope s = Scope.open(d)) {
          Tensor x = Tensor.of(v, 2, 3, 4, 5).to(t);
          Tensor y = x.permute(3, 1, 0, 2).flip(1).slice(0, 1, 4).expand(2, 3, 3, 2, 4);
          results[k++] = y.contiguous().doubles();
        }
      }
      assertArrayEquals(results[0], results[1], t.toString());
    }
  }

  @Test
  void fillsReachEveryElementOfAViewAndNoOther() {
    try (Scope s = Scope.open(gpu)) {
      for (DType t : DType.values()) {
        assertArrayEquals(
            new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1}, Tensor.eye(t, 3).doubles(), t.toString());
      }
      assertEquals(3e6, Tensor.full(DType.F64, 3, 1_000_000).slice(0, 0, 5).doubles()[4] * 1e6);
    }
  }
}
