package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

/**
 * The arguments of one kernel launch, written into a page-locked block whose address JCuda passes
 * on as it is: a launch then costs a quarter of a microsecond and no garbage, where JCuda's trees
 * of pointers cost three. The driver copies the arguments during the call, so that one block serves
 * all launches; a lock is held from {@link #of} to {@link #run}.
 */
final class Launch {
  private static final int TABLE = 64;
  private static final int BYTES = 4096;

  /** Waits after each launch, so that an error names its kernel. */
  static final boolean SYNC = Boolean.getBoolean("jacana.cuda.sync");

  private static final int THREADS = 256;

  private final Context context;
  private final ReentrantLock lock;
  private final ByteBuffer memory;
  private final long base;
  private final Pointer table;
  private CUfunction function;
  private String name;
  private int arguments;
  private int at;

  Launch(Context context, ReentrantLock lock) {
    this.context = context;
    this.lock = lock;
    Pinned block = new Pinned(BYTES);
    memory = block.bytes();
    base = block.address();
    table = block.pointer();
  }

  /** Begins a launch; {@link #run} or {@link #over} must follow at once. */
  Launch of(CUfunction f, String kernel) {
    lock.lock();
    if (function != null) {
      String open = name;
      function = null;
      lock.unlock();
      // And once more for the launch that was begun and given up.
      lock.unlock();
      throw new IllegalStateException("launch of " + kernel + " while " + open + " is begun");
    }
    function = f;
    name = kernel;
    arguments = 0;
    at = 8 * TABLE;
    return this;
  }

  private void slot(int alignment, int size) {
    at = (at + alignment - 1) & -alignment;
    if (arguments == TABLE || at + size > BYTES) {
      function = null;
      lock.unlock();
      throw new IllegalStateException("launch of " + name + ": too many arguments");
    }
    memory.putLong(8 * arguments++, base + at);
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
    long blocks = Math.min((n + THREADS - 1) / THREADS, 32L * context.processors());
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

  /** Launches a grid of a user's kernel. */
  void run(CudaKernel.Grid g) {
    CudaKernel.Dim b = g.blocks();
    CudaKernel.Dim t = g.threads();
    run(b.x(), b.y(), b.z(), t.x(), t.y(), t.z(), g.sharedBytes());
  }

  private void run(
      int blocksX,
      int blocksY,
      int blocksZ,
      int threadsX,
      int threadsY,
      int threadsZ,
      int sharedBytes) {
    try {
      context.enter();
      Driver.check(
          JCudaDriver.cuLaunchKernel(
              function,
              blocksX,
              blocksY,
              blocksZ,
              threadsX,
              threadsY,
              threadsZ,
              sharedBytes,
              context.stream(),
              table,
              null),
          "cuLaunchKernel of " + name);
      if (SYNC) {
        Driver.check(
            JCudaDriver.cuStreamSynchronize(context.stream()), "cuStreamSynchronize after " + name);
      }
    } finally {
      function = null;
      lock.unlock();
    }
  }
}
