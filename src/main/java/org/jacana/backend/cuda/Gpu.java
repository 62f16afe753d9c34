package org.jacana.backend.cuda;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import jcuda.driver.CUfunction;
import jcuda.driver.JCudaDriver;

/** What the kernels of one GPU share: its context, memory, compiled kernels and launch block. */
final class Gpu {
  private static final Map<Memory, Gpu> OWNERS = new ConcurrentHashMap<>();

  private final Context context;
  private final Memory memory;
  private final Kernels kernels;
  private final ReentrantLock lock = new ReentrantLock();
  private final ArgumentBlock launches;
  private volatile boolean deterministic;
  private volatile boolean capturing;
  private volatile boolean allowTf32;

  Gpu(int index) {
    context = new Context(index);
    memory = new Memory(context, lock, !"false".equals(System.getProperty("jacana.cuda.pool")));
    kernels = new Kernels(context);
    try {
      launches = new ArgumentBlock(this);
    } catch (RuntimeException | Error e) {
      context.abandon();
      throw e;
    }
    OWNERS.put(memory, this);
  }

  /** The GPU of a buffer. */
  static Gpu of(CudaBuffer buffer) {
    return OWNERS.get(buffer.owner());
  }

  Context context() {
    return context;
  }

  Memory memory() {
    return memory;
  }

  Kernels kernels() {
    return kernels;
  }

  /** Held while anything that several threads share is in use: library handles, staging memory. */
  ReentrantLock lock() {
    return lock;
  }

  /** Begins the launch of a kernel of {@code cuda/file.cu}. */
  Launch launch(String file, String name) {
    CUfunction f = kernels.get(file, name);
    return launches.begin(f, name);
  }

  /** Begins the launch of a kernel that the caller has loaded. */
  Launch launch(CUfunction f, String name) {
    return launches.begin(f, name);
  }

  /** Waits after a library's call where the debug mode asks for it, so that an error names it. */
  void settle(String call) {
    if (Launch.SYNC && !capturing()) {
      Driver.check(
          JCudaDriver.cuStreamSynchronize(context.stream()), "cuStreamSynchronize after " + call);
    }
  }

  /** Whether results must be the same bits in every run. */
  boolean deterministic() {
    return deterministic;
  }

  void deterministic(boolean on) {
    deterministic = on;
  }

  /** Whether products of F32 may be rounded to TF32; no by default. */
  boolean allowTf32() {
    return allowTf32;
  }

  void allowTf32(boolean on) {
    allowTf32 = on;
  }

  /** Whether this thread is recording a step; others wait for the lock meanwhile. */
  boolean capturing() {
    return capturing && lock.isHeldByCurrentThread();
  }

  void capturing(boolean on) {
    capturing = on;
  }

  /** Throws while a step is recorded; {@code rule} says what to do instead. */
  void requireNotCapturing(String what, String rule) {
    if (capturing()) {
      throw new IllegalStateException(what + " while a step is recorded: " + rule);
    }
  }

  /** Memory for the duration of a call; may be closed as soon as the kernels are enqueued. */
  Scratch scratch(long bytes) {
    return new Scratch(memory.allocate(bytes));
  }
}
