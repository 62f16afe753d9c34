package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.driver.CUfunction;

/**
 * A kernel launch being put together: its arguments collect here and go, when it runs, into a
 * page-locked block whose address JCuda passes on as it is. That costs a quarter of a microsecond
 * and no garbage, where JCuda's trees of pointers cost three. The driver copies the arguments
 * during the call, so that one block serves all launches; it is locked during {@link #run} only,
 * and a launch that is given up half-way, because an argument could not be computed, leaves nothing
 * behind.
 */
final class Launch {
  /** Waits after each launch, so that an error names its kernel. */
  static final boolean SYNC = Boolean.getBoolean("jacana.cuda.sync");

  private static final int THREADS = 256;

  private final ArgumentBlock block;
  private final ByteBuffer memory =
      ByteBuffer.allocate(ArgumentBlock.BYTES).order(ByteOrder.nativeOrder());
  private final int[] offsets = new int[ArgumentBlock.ARGUMENTS];
  private CUfunction function;
  private String name;
  private int arguments;
  private int at;

  Launch(ArgumentBlock block) {
    this.block = block;
  }

  /** Begins a launch. */
  Launch of(CUfunction f, String kernel) {
    function = f;
    name = kernel;
    arguments = 0;
    at = 0;
    return this;
  }

  private void slot(int alignment, int size) {
    at = (at + alignment - 1) & -alignment;
    if (arguments == offsets.length || at + size > memory.capacity()) {
      throw new IllegalStateException("launch of " + name + ": too many arguments");
    }
    offsets[arguments++] = at;
    at += size;
  }

  /** An address, or any 64-bit integer. */
  Launch i64(long v) {
    slot(8, 8);
    memory.putLong(at - 8, v);
    return this;
  }

  Launch i32(int v) {
    slot(4, 4);
    memory.putInt(at - 4, v);
    return this;
  }

  Launch f32(float v) {
    slot(4, 4);
    memory.putFloat(at - 4, v);
    return this;
  }

  Launch f64(double v) {
    slot(8, 8);
    memory.putDouble(at - 8, v);
    return this;
  }

  /** A struct of ints. */
  Launch ints(int... v) {
    slot(4, 4 * v.length);
    for (int i = 0; i < v.length; i++) {
      memory.putInt(at - 4 * (v.length - i), v[i]);
    }
    return this;
  }

  /** A struct of 64-bit integers. */
  Launch longs(long... v) {
    slot(8, 8 * v.length);
    for (int i = 0; i < v.length; i++) {
      memory.putLong(at - 8 * (v.length - i), v[i]);
    }
    return this;
  }

  /** A struct of floats. */
  Launch floats(float... v) {
    slot(4, 4 * v.length);
    for (int i = 0; i < v.length; i++) {
      memory.putFloat(at - 4 * (v.length - i), v[i]);
    }
    return this;
  }

  /** A struct of bytes. */
  Launch bytes(int alignment, byte... v) {
    slot(alignment, v.length);
    memory.put(at - v.length, v);
    return this;
  }

  Launch strided(Strided s) {
    int bytes = 48 + s.views() * 8 * Strided.MAX_RANK;
    slot(8, bytes);
    int p = at - bytes;
    memory.putLong(p, s.size());
    memory.putInt(p + 8, s.rank());
    for (int i = 0; i < Strided.MAX_RANK; i++) {
      memory.putInt(p + 12 + 4 * i, s.dim(i));
    }
    for (int v = 0; v < s.views(); v++) {
      for (int i = 0; i < Strided.MAX_RANK; i++) {
        memory.putLong(p + 48 + 8 * (Strided.MAX_RANK * v + i), s.stride(v, i));
      }
    }
    return this;
  }

  /** Launches with enough blocks of 256 threads for n elements, at most 32 per multiprocessor. */
  void over(long n) {
    long blocks = Math.min((n + THREADS - 1) / THREADS, 32L * block.processors());
    run((int) Math.max(1, blocks), THREADS);
  }

  /** Launches a one-dimensional grid. */
  void run(int blocks, int threads) {
    run(blocks, 1, threads, 1);
  }

  /** Launches a two-dimensional grid of two-dimensional blocks. */
  void run(int blocksX, int blocksY, int threadsX, int threadsY) {
    run(blocksX, blocksY, 1, threadsX, threadsY, 1, 0);
  }

  /** Launches the grid of a user's kernel. */
  void run(CudaKernel.Grid g) {
    CudaKernel.Dim b = g.blocks();
    CudaKernel.Dim t = g.threads();
    run(b.x(), b.y(), b.z(), t.x(), t.y(), t.z(), g.sharedBytes());
  }

  /** A launch runs once. */
  private void run(
      int blocksX, int blocksY, int blocksZ, int threadsX, int threadsY, int threadsZ, int shared) {
    CUfunction f = function;
    if (f == null) {
      throw new IllegalStateException("launch of " + name + ": it has run already");
    }
    function = null;
    try {
      block.enqueue(f, name, blocksX, blocksY, blocksZ, threadsX, threadsY, threadsZ, shared, this);
    } finally {
      block.giveBack(this);
    }
  }

  /** Copies the arguments to where the driver reads them: pointers to each from 0, then values. */
  void write(ByteBuffer to, long base, int values) {
    to.put(values, memory, 0, at);
    for (int i = 0; i < arguments; i++) {
      to.putLong(8 * i, base + values + offsets[i]);
    }
  }
}
