package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jacana.DType;
import org.jacana.backend.View;

/**
 * The parameters of a model in device memory, for {@link FlatUpdates}: made once, used by every
 * step, valid as long as the views' memory is. Owns its own memory.
 */
final class UpdateTable implements AutoCloseable {
  /** The elements of a chunk; {@code CHUNK} of cuda/flat_update.cu. */
  private static final int CHUNK = 2048;

  private static final int SEGMENT_BYTES = 64;
  private static final int CHUNK_BYTES = 8;

  /**
   * One parameter. All views have no gaps and the same number of elements.
   *
   * @param w the weights, F32
   * @param g the gradient, F32, F16 or BF16
   * @param m the first moment or velocity, F32, or null
   * @param v the second moment, F32, or null
   * @param shadow BF16, receives the weights, or null
   * @param decay weight decay
   * @param rate the factor on the learning rate
   */
  record Segment(View w, View g, View m, View v, View shadow, double decay, double rate) {
    Segment {
      if (w == null || g == null) {
        throw new IllegalArgumentException("flat update: a parameter needs weights and a gradient");
      }
      require("weights", w, w, DType.F32);
      require("gradient", g, w, DType.F32, DType.F16, DType.BF16);
      require("first moment", m, w, DType.F32);
      require("second moment", v, w, DType.F32);
      require("shadow", shadow, w, DType.BF16);
    }

    private static void require(String what, View x, View w, DType... types) {
      if (x == null) {
        return;
      }
      if (!List.of(types).contains(x.dtype())
          || !x.layout().isContiguous()
          || x.size() != w.size()) {
        throw new IllegalArgumentException(
            "flat update: the "
                + what
                + " must be "
                + List.of(types)
                + " without gaps, "
                + w.size()
                + " elements, got "
                + x.dtype()
                + " "
                + x.shape());
      }
    }

    /** Whether four elements at a time may be read and written. */
    private boolean vectors() {
      long all = 0;
      for (View x : new View[] {w, g, m, v, shadow}) {
        if (x != null) {
          all |= Strided.address(x) % (4L * x.dtype().bytes());
        }
      }
      return all == 0;
    }
  }

  private final CudaBuffer memory;
  private final int chunkAt;
  private final int chunks;
  private final boolean first;
  private final boolean second;

  UpdateTable(Gpu gpu, Transfers transfers, List<Segment> segments) {
    long count = 0;
    boolean m = true;
    boolean v = true;
    for (Segment s : segments) {
      count += (s.w.size() + CHUNK - 1) / CHUNK;
      m &= s.m != null;
      v &= s.v != null;
    }
    first = m;
    second = v;
    chunkAt = SEGMENT_BYTES * segments.size();
    long bytes = chunkAt + CHUNK_BYTES * count + 4;
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "flat update: too many elements for one table, " + count + " chunks of " + CHUNK);
    }
    chunks = (int) count;
    ByteBuffer b = ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    for (Segment s : segments) {
      b.putLong(Strided.address(s.w)).putLong(address(s.m)).putLong(address(s.v));
      b.putLong(Strided.address(s.g)).putLong(address(s.shadow)).putLong(s.w.size());
      b.putFloat((float) s.decay).putFloat((float) s.rate);
      b.putInt(s.g.dtype().ordinal()).putInt(s.vectors() ? 1 : 0);
    }
    for (int i = 0; i < segments.size(); i++) {
      long n = (segments.get(i).w.size() + CHUNK - 1) / CHUNK;
      for (int k = 0; k < n; k++) {
        b.putInt(i).putInt(k);
      }
    }
    b.putInt(0).flip();
    memory = gpu.memory().allocate(bytes);
    try {
      transfers.upload(memory, 0, b);
    } catch (RuntimeException | Error e) {
      memory.release();
      throw e;
    }
  }

  private static long address(View x) {
    return x == null ? 0 : Strided.address(x);
  }

  int chunks() {
    return chunks;
  }

  /** Whether every parameter has a first moment. */
  boolean first() {
    return first;
  }

  boolean second() {
    return second;
  }

  /** {@code struct Table} of cuda/flat_update.cu. */
  long[] struct(View lr, View scale, View steps, boolean clear) {
    if (!memory.isOpen()) {
      throw new IllegalStateException("flat update: the table is closed");
    }
    long start = memory.address();
    return new long[] {
      start,
      start + chunkAt,
      chunks,
      Strided.address(lr),
      address(scale),
      Strided.address(steps),
      start + chunkAt + (long) CHUNK_BYTES * chunks,
      clear ? 1 : 0
    };
  }

  @Override
  public void close() {
    if (memory.isOpen()) {
      memory.release();
    }
  }
}
