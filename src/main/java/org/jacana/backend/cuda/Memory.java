package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import org.jacana.backend.OutOfDeviceMemoryException;

/**
 * A GPU's memory: slabs from the driver, cut into blocks that are used again in stream order,
 * because cuMemAlloc and cuMemFree make the whole device wait. When the driver has nothing left,
 * unused slabs are given back and the request is tried once more. Safe for several threads.
 */
final class Memory {
  private static final long SMALL = 1L << 20;
  private static final long SMALL_SLAB = 2L << 20;
  private static final long LARGE_SLAB = 32L << 20;
  private static final long ROUND = 2L << 20;

  private final Context context;

  /** The GPU's; held by who records a step, from whose arena nobody else may take memory. */
  private final ReentrantLock lock;

  /** False gives each buffer its own allocation, so that memory checkers see its bounds. */
  private final boolean pooled;

  private final Arena common = new Arena();
  private Arena arena = common;
  private final Map<Long, Integer> sizes = new TreeMap<>((a, b) -> Long.compare(b, a));
  private long live;
  private long peak;
  private long retries;

  Memory(Context context, ReentrantLock lock, boolean pooled) {
    this.lock = lock;
    this.context = context;
    this.pooled = pooled;
  }

  /**
   * Uninitialised memory with one reference.
   *
   * @throws OutOfDeviceMemoryException when the device has no room, even after giving back what was
   *     kept for reuse
   */
  CudaBuffer allocate(long bytes) {
    context.enter();
    long size = Math.max(bytes + Arena.ALIGNMENT - 1, 1) / Arena.ALIGNMENT * Arena.ALIGNMENT;
    lock.lock();
    try {
      synchronized (this) {
        Arena.Block block = take(Math.max(size, Arena.ALIGNMENT));
        live += bytes;
        peak = Math.max(peak, live);
        sizes.merge(bytes, 1, Integer::sum);
        return new CudaBuffer(this, block, bytes);
      }
    } finally {
      lock.unlock();
    }
  }

  private Arena.Block take(long size) {
    boolean small = pooled && size <= SMALL;
    if (pooled) {
      Arena.Block block = arena.take(size, small);
      if (block != null) {
        return block;
      }
    }
    long slab =
        !pooled
            ? size
            : small ? SMALL_SLAB : Math.max(LARGE_SLAB, (size + ROUND - 1) / ROUND * ROUND);
    Address base = reserve(slab);
    if (base == null) {
      slab = (size + ROUND - 1) / ROUND * ROUND;
      base = reserve(slab);
    }
    if (base == null) {
      throw outOfMemory(size);
    }
    arena.add(new Arena.Slab(base, slab, small));
    return arena.take(size, small);
  }

  /** Memory from the driver, or null when it has none; drops unused slabs before giving up. */
  private Address reserve(long slab) {
    Address base = new Address();
    int status = JCudaDriver.cuMemAlloc(base, slab);
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      retries++;
      trim();
      base = new Address();
      status = JCudaDriver.cuMemAlloc(base, slab);
    }
    if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
      return null;
    }
    check(status, "cuMemAlloc");
    return base;
  }

  /**
   * Memory for as long as the process lives, which is not counted.
   *
   * @throws OutOfDeviceMemoryException as {@link #allocate} does
   */
  Address lasting(long bytes) {
    context.enter();
    synchronized (this) {
      Address base = reserve(bytes);
      if (base == null) {
        throw outOfMemory(bytes);
      }
      return base;
    }
  }

  private OutOfDeviceMemoryException outOfMemory(long size) {
    long free = driverFree();
    String owners =
        sizes.entrySet().stream()
            .limit(3)
            .map(e -> e.getValue() + " of " + e.getKey() + " bytes")
            .collect(Collectors.joining(", "));
    return new OutOfDeviceMemoryException(
        "cuda:" + context.index() + " (" + context.name() + ")",
        size,
        live,
        arena.cached(),
        arena.largest(),
        free,
        owners.isEmpty() ? "" : "largest: " + owners);
  }

  synchronized void giveBack(Arena.Block block, long bytes) {
    live -= bytes;
    sizes.computeIfPresent(bytes, (k, n) -> n == 1 ? null : n - 1);
    if (arena != common && block.arena() != arena) {
      // The step that is being recorded may have used it: not for others while the step lives.
      arena.defer(block);
      return;
    }
    block.arena().giveBack(block);
    if (!pooled && arena == common || block.arena().dropped()) {
      context.enter();
      trim(block.arena());
    }
  }

  /** Gives unused slabs back to the driver. */
  synchronized void trim() {
    context.enter();
    trim(common);
  }

  private static void trim(Arena a) {
    int status = CUresult.CUDA_SUCCESS;
    for (Arena.Slab s : a.trim()) {
      // The driver waits for kernels that still use the memory. A failure keeps none of the others.
      int mine = JCudaDriver.cuMemFree(s.base());
      status = status == CUresult.CUDA_SUCCESS ? mine : status;
    }
    check(status, "cuMemFree");
  }

  /** From now on blocks come from a new arena of their own, until {@link #leave}. */
  synchronized Arena separate() {
    arena = new Arena();
    return arena;
  }

  /** Back to the common arena. */
  synchronized void leave() {
    arena = common;
  }

  /** Ends a separate arena: unused slabs go back to the driver now, the others when they can. */
  synchronized void drop(Arena separate) {
    context.enter();
    separate.drop().forEach(b -> b.arena().giveBack(b));
    trim(separate);
    if (!pooled) {
      trim(common);
    }
  }

  /** Bytes that the driver has left, and those that are kept for reuse. */
  synchronized long freeBytes() {
    context.enter();
    return driverFree() + common.cached();
  }

  private static long driverFree() {
    long[] free = new long[1];
    long[] total = new long[1];
    check(JCudaDriver.cuMemGetInfo(free, total), "cuMemGetInfo");
    return free[0];
  }

  synchronized long liveBytes() {
    return live;
  }

  synchronized long peakBytes() {
    return peak;
  }

  /** Lets {@link #peakBytes} begin anew, with what is live now. */
  synchronized void resetPeak() {
    peak = live;
  }

  /** Bytes taken from the driver. */
  synchronized long reservedBytes() {
    return common.slabs();
  }

  /** How often the driver had no memory and unused slabs were given back. */
  synchronized long retries() {
    return retries;
  }
}
