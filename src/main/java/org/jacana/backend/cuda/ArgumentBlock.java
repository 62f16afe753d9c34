package org.jacana.backend.cuda;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import jcuda.Pointer;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

/** The page-locked memory from which the driver reads kernels' arguments; launches used again. */
final class ArgumentBlock {
  static final int ARGUMENTS = 64;
  static final int BYTES = 4096;
  private static final int TABLE = 8 * ARGUMENTS;

  private final Gpu gpu;
  private final ByteBuffer memory;
  private final long base;
  private final Pointer table;

  /** Launches of this thread that have run; those that never ran are left to the collector. */
  private final ThreadLocal<ArrayDeque<Launch>> spare = ThreadLocal.withInitial(ArrayDeque::new);

  ArgumentBlock(Gpu gpu) {
    this.gpu = gpu;
    Pinned block = new Pinned(TABLE + BYTES);
    memory = block.bytes();
    base = block.address();
    table = block.pointer();
  }

  int processors() {
    return gpu.context().processors();
  }

  /** A launch of a kernel, without arguments. */
  Launch begin(CUfunction f, String name) {
    Launch l = spare.get().pollLast();
    return (l == null ? new Launch(this) : l).of(f, name);
  }

  void giveBack(Launch l) {
    spare.get().addLast(l);
  }

  /** Hands a launch to the driver. */
  void enqueue(
      CUfunction f,
      String name,
      int blocksX,
      int blocksY,
      int blocksZ,
      int threadsX,
      int threadsY,
      int threadsZ,
      int shared,
      Launch arguments) {
    gpu.lock().lock();
    try {
      gpu.context().enter();
      arguments.write(memory, base, TABLE);
      Driver.check(
          JCudaDriver.cuLaunchKernel(
              f,
              blocksX,
              blocksY,
              blocksZ,
              threadsX,
              threadsY,
              threadsZ,
              shared,
              gpu.context().stream(),
              table,
              null),
          "cuLaunchKernel of " + name);
      gpu.settle(name);
    } finally {
      gpu.lock().unlock();
    }
  }
}
