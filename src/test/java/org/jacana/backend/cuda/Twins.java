package org.jacana.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Shape;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Buffer;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/** The same views in the memory of the reference and of the GPU, to run a kernel on both. */
final class Twins implements AutoCloseable {
  /** One view on both; {@code size} is the number of elements of the memory behind it. */
  record Twin(View reference, View cuda, int size) {}

  /** A kernel call on the views of one backend, in the order in which they were made. */
  interface Call {
    void on(Backend b, View[] v);
  }

  final Backend reference = Backends.of(Device.REFERENCE);
  final CudaBackend cuda = CudaDevice.backend();
  final Random random;
  private final List<Buffer> buffers = new ArrayList<>();
  private final List<Twin> twins = new ArrayList<>();

  Twins(long seed) {
    random = new Random(seed);
  }

  /** A view, as {@code f} makes it, of memory that holds {@code values} in the order of a shape. */
  Twin view(DType type, Shape shape, UnaryOperator<Layout> f, double... values) {
    int n = (int) shape.size();
    Layout dense = Layout.contiguous(shape);
    Buffer wide = reference.allocate(8L * n);
    Buffer a = reference.allocate((long) type.bytes() * n);
    ByteBuffer bytes = ByteBuffer.allocateDirect(8 * n).order(ByteOrder.nativeOrder());
    bytes.asDoubleBuffer().put(values, 0, n);
    reference.upload(wide, 0, bytes);
    if (n > 0) {
      reference.copy(new View(a, type, dense), new View(wide, DType.F64, dense));
    }
    wide.release();
    ByteBuffer cast = ByteBuffer.allocateDirect(type.bytes() * n).order(ByteOrder.nativeOrder());
    reference.download(cast, a, 0);
    Buffer b = cuda.allocate((long) type.bytes() * n);
    cuda.upload(b, 0, cast);
    buffers.add(a);
    buffers.add(b);
    Layout l = f.apply(dense);
    Twin t = new Twin(new View(a, type, l), new View(b, type, l), n);
    twins.add(t);
    return t;
  }

  Twin dense(DType type, Shape shape, double... values) {
    return view(type, shape, l -> l, values);
  }

  /** Random numbers that the type can hold: normal, or 0 to 100. */
  double[] values(DType type, Shape shape) {
    double[] v = new double[(int) shape.size()];
    for (int i = 0; i < v.length; i++) {
      v[i] =
          type.isFloat()
              ? random.nextGaussian()
              : type == DType.BOOL ? random.nextInt(2) : random.nextInt(100);
    }
    return v;
  }

  Twin view(DType type, Shape shape, UnaryOperator<Layout> f) {
    return view(type, shape, f, values(type, shape));
  }

  Twin dense(DType type, Shape shape) {
    return view(type, shape, l -> l);
  }

  /** The views in the order in which they were made. */
  List<Twin> twins() {
    return twins;
  }

  /** Runs a kernel on both. */
  void run(Call call) {
    call.on(reference, twins.stream().map(Twin::reference).toArray(View[]::new));
    onCuda(call);
  }

  void onCuda(Call call) {
    call.on(cuda, twins.stream().map(Twin::cuda).toArray(View[]::new));
  }

  /** All the memory behind a view. */
  private static double[] read(Backend b, View v, int n, Backend reference) {
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(v.dtype().bytes() * n).order(ByteOrder.nativeOrder());
    b.download(bytes, v.buffer(), 0);
    Buffer a = reference.allocate((long) v.dtype().bytes() * n);
    Buffer wide = reference.allocate(8L * n);
    try {
      Layout dense = Layout.contiguous(Shape.of(n));
      bytes.clear();
      reference.upload(a, 0, bytes);
      if (n > 0) {
        reference.copy(new View(wide, DType.F64, dense), new View(a, v.dtype(), dense));
      }
      ByteBuffer out = ByteBuffer.allocateDirect(8 * n).order(ByteOrder.nativeOrder());
      reference.download(out, wide, 0);
      double[] d = new double[n];
      out.clear();
      out.asDoubleBuffer().get(d);
      return d;
    } finally {
      a.release();
      wide.release();
    }
  }

  /** What the reference has computed there. */
  double[] expected(Twin t) {
    return read(reference, t.reference, t.size, reference);
  }

  double[] got(Twin t) {
    return read(cuda, t.cuda, t.size, reference);
  }

  /** The memory of a view is the same on both within {@code tolerance * (1 + |expected|)}. */
  void same(String what, Twin t, double tolerance) {
    double[] e = expected(t);
    double[] g = got(t);
    for (int i = 0; i < e.length; i++) {
      boolean close =
          Double.compare(e[i], g[i]) == 0
              || Math.abs(e[i] - g[i]) <= tolerance * (1 + Math.abs(e[i]));
      if (!close) {
        fail(what + ": element " + i + " is " + g[i] + ", expected " + e[i]);
      }
    }
    assertEquals(e.length, g.length);
  }

  /** Twice the rounding of a type, or {@code wide} where that is more. */
  static double tolerance(DType type, double wide) {
    return switch (type) {
      case F16 -> Math.max(wide, 0x1p-10);
      case BF16 -> Math.max(wide, 0x1p-7);
      case F64 -> 1e-13;
      default -> wide;
    };
  }

  @Override
  public void close() {
    buffers.forEach(Buffer::release);
  }
}
