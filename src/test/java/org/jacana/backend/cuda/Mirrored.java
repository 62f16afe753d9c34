package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Shape;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Buffer;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** The same elements in the same layout on the reference backend and on the CUDA one. */
record Mirrored(View reference, View cuda) implements AutoCloseable {
  /** Ways to lie in memory. */
  enum Placed {
    DENSE,
    OFFSET,
    REVERSED,
    TRANSPOSED,
    STEPPED
  }

  static Mirrored of(DType t, Placed p, Shape s, IntToDoubleFunction values) {
    Layout l = layout(p, s);
    Mirrored out =
        new Mirrored(empty(Backends.of(Device.REFERENCE), t, l), empty(cudaBackend(), t, l));
    double[] v = new double[Math.toIntExact(s.size())];
    for (int i = 0; i < v.length; i++) {
      v[i] = values.applyAsDouble(i);
    }
    out.set(v);
    return out;
  }

  static Backend cudaBackend() {
    return CudaDevice.backend();
  }

  /** Lets the stand-in run threads in an order made from a seed; 0 is their own. */
  static void shuffle(long seed) {
    if (CudaDevice.simulated()) {
      CudaSim.shuffle(seed);
    }
  }

  /** Numbers that are exact in the type: standard normal ones, or small integers. */
  static IntToDoubleFunction random(DType t, long seed) {
    Random r = new Random(seed);
    return i ->
        switch (t) {
          case F64 -> r.nextGaussian();
          case F32 -> (float) r.nextGaussian();
          case F16, BF16 -> Math.round(r.nextGaussian() * 32) / 32.0;
          case I32 -> r.nextInt(2001) - 1000;
          case U8 -> r.nextInt(256);
          case BOOL -> r.nextInt(2);
        };
  }

  private static View empty(Backend b, DType t, Layout l) {
    long last = l.offset();
    for (int a = 0; a < l.rank(); a++) {
      last += Math.max(0, (l.dim(a) - 1) * l.stride(a));
    }
    return new View(b.allocate((last + 8) * t.bytes()), t, l);
  }

  static Layout layout(Placed p, Shape s) {
    int n = s.rank();
    if (n == 0 || s.size() == 0) {
      return Layout.contiguous(s);
    }
    return switch (p) {
      case DENSE -> Layout.contiguous(s);
      case OFFSET -> Layout.contiguous(s.with(0, s.dim(0) + 1)).slice(0, 1, s.dim(0), 1);
      case REVERSED -> Layout.contiguous(s).slice(n - 1, s.dim(n - 1) - 1, s.dim(n - 1), -1);
      case TRANSPOSED -> {
        int[] d = new int[n];
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
          d[i] = s.dim(n - 1 - i);
          order[i] = n - 1 - i;
        }
        yield Layout.contiguous(Shape.of(d)).permute(order);
      }
      case STEPPED -> Layout.contiguous(s.with(0, 2 * s.dim(0) + 1)).slice(0, 1, s.dim(0), 2);
    };
  }

  /** Writes elements in logical order to both. */
  void set(double[] v) {
    Backend host = Backends.of(Device.REFERENCE);
    View from = new View(host.allocate(8L * v.length), DType.F64, dense(reference.shape()));
    ByteBuffer bytes = ByteBuffer.allocateDirect(8 * v.length).order(ByteOrder.nativeOrder());
    bytes.asDoubleBuffer().put(v);
    host.upload(from.buffer(), 0, bytes);
    host.copy(reference, from);
    from.buffer().release();
    ByteBuffer all = bytes(host, reference.buffer());
    cudaBackend().upload(cuda.buffer(), 0, all);
  }

  private static Layout dense(Shape s) {
    return Layout.contiguous(s);
  }

  private static ByteBuffer bytes(Backend b, Buffer from) {
    ByteBuffer all =
        ByteBuffer.allocateDirect(Math.toIntExact(from.bytes())).order(ByteOrder.nativeOrder());
    b.download(all, from, 0);
    all.rewind();
    return all;
  }

  private static double[] numbers(View v) {
    Backend host = Backends.of(Device.REFERENCE);
    View to = new View(host.allocate(8 * v.size()), DType.F64, dense(v.shape()));
    host.copy(to, v);
    double[] out = new double[Math.toIntExact(v.size())];
    ByteBuffer b = ByteBuffer.allocateDirect(8 * out.length).order(ByteOrder.nativeOrder());
    host.download(b, to.buffer(), 0);
    b.rewind();
    b.asDoubleBuffer().get(out);
    to.buffer().release();
    return out;
  }

  double[] expected() {
    return numbers(reference);
  }

  double[] actual() {
    Backend host = Backends.of(Device.REFERENCE);
    View copy = new View(host.allocate(cuda.buffer().bytes()), cuda.dtype(), cuda.layout());
    host.upload(copy.buffer(), 0, bytes(cudaBackend(), cuda.buffer()));
    double[] out = numbers(copy);
    copy.buffer().release();
    return out;
  }

  /** Both views with another layout over the same memory. */
  Mirrored with(Layout l) {
    return new Mirrored(reference.with(l), cuda.with(l));
  }

  /** What one unit in the last place of a type's results is. */
  static double tolerance(DType t, double floats) {
    return switch (t) {
      case F64 -> 1e-12;
      case F32 -> floats;
      case F16 -> 1.0 / (1 << 10);
      case BF16 -> 1.0 / (1 << 7);
      default -> 0;
    };
  }

  /** The whole memory is the same within a tolerance, and between the elements as it was. */
  void assertClose(double tolerance, String what) {
    int all = Math.toIntExact(cuda.buffer().bytes() / cuda.dtype().bytes());
    Mirrored memory = with(Layout.contiguous(Shape.of(all)));
    memory.assertClose(memory.expected(), tolerance, what);
  }

  void assertClose(double[] expected, double tolerance, String what) {
    double[] actual = actual();
    assertEquals(expected.length, actual.length, what);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < actual.length; i++) {
      double e = expected[i];
      double a = actual[i];
      if (!(e == a || Math.abs(e - a) <= tolerance * (1 + Math.abs(e)) || e != e && a != a)) {
        wrong.add(i + ": " + a + " instead of " + e);
      }
    }
    if (!wrong.isEmpty()) {
      fail(what + ": " + wrong.size() + " wrong, " + wrong.subList(0, Math.min(5, wrong.size())));
    }
  }

  @Override
  public void close() {
    reference.buffer().release();
    cuda.buffer().release();
  }
}
