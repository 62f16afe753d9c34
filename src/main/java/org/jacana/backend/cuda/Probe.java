package org.jacana.backend.cuda;

import static org.jacana.backend.cuda.Driver.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.JCudaDriver;
import org.jacana.backend.Buffer;
import org.jacana.backend.DeviceProbe;

/** Clocks, free memory and plain copies, for the benchmark. */
final class Probe implements DeviceProbe {
  private static final int THREADS = 32;

  private final Gpu gpu;
  private final Transfers transfers;

  Probe(Gpu gpu, Transfers transfers) {
    this.gpu = gpu;
    this.transfers = transfers;
  }

  @Override
  public double[] clocks(long nanoseconds) {
    if (nanoseconds < 1) {
      throw new IllegalArgumentException(
          "clocks: must count for at least 1 nanosecond, got " + nanoseconds);
    }
    int blocks = gpu.context().processors();
    ByteBuffer counts = ByteBuffer.allocate(16 * blocks).order(ByteOrder.nativeOrder());
    try (Scratch out = gpu.scratch(counts.capacity())) {
      gpu.launch("clock", "clock_cycles")
          .i64(nanoseconds)
          .i64(out.buffer().address())
          .run(blocks, THREADS);
      transfers.download(counts, out.buffer(), 0);
    }
    double[] hertz = new double[blocks];
    for (int b = 0; b < blocks; b++) {
      hertz[b] = 1e9 * counts.getLong(16 * b) / counts.getLong(16 * b + 8);
    }
    return hertz;
  }

  @Override
  public double ratedClock() {
    return 1e3
        * Driver.attribute(
            gpu.context().device(), CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE);
  }

  @Override
  public long freeBytes() {
    return gpu.memory().freeBytes();
  }

  @Override
  public HostBlock host(int bytes, boolean pinned) {
    if (bytes < 1) {
      throw new IllegalArgumentException("host: needs at least 1 byte, got " + bytes);
    }
    gpu.context().enter();
    if (pinned) {
      Pinned block = new Pinned(bytes);
      return new Block(block.bytes(), block.pointer(), block);
    }
    ByteBuffer block = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    return new Block(block, Pointer.to(block), null);
  }

  /** The stream's order is that of the backend's other work, so that one wait ends all of it. */
  private final class Block implements HostBlock {
    private final ByteBuffer bytes;
    private final Pointer pointer;

    /** Null where the memory is Java's own. */
    private final Pinned pinned;

    private boolean closed;

    Block(ByteBuffer bytes, Pointer pointer, Pinned pinned) {
      this.bytes = bytes;
      this.pointer = pointer;
      this.pinned = pinned;
    }

    private CudaBuffer ready(String op, Buffer b) {
      gpu.requireNotCapturing(op, "a replay would copy memory that may be gone");
      CudaBuffer device = (CudaBuffer) b;
      if (closed) {
        throw new IllegalStateException(op + ": the block of host memory is closed");
      }
      if (device.bytes() < bytes.capacity()) {
        throw new IndexOutOfBoundsException(
            op + ": " + bytes.capacity() + " bytes and a buffer of " + device.bytes());
      }
      gpu.context().enter();
      return device;
    }

    @Override
    public ByteBuffer bytes() {
      return bytes;
    }

    @Override
    public void upload(Buffer to) {
      gpu.lock().lock();
      try {
        CudaBuffer device = ready("upload", to);
        check(
            JCudaDriver.cuMemcpyHtoDAsync(
                device.pointer(0), pointer, bytes.capacity(), gpu.context().stream()),
            "cuMemcpyHtoDAsync");
      } finally {
        gpu.lock().unlock();
      }
    }

    @Override
    public void download(Buffer from) {
      gpu.lock().lock();
      try {
        CudaBuffer device = ready("download", from);
        check(
            JCudaDriver.cuMemcpyDtoHAsync(
                pointer, device.pointer(0), bytes.capacity(), gpu.context().stream()),
            "cuMemcpyDtoHAsync");
      } finally {
        gpu.lock().unlock();
      }
    }

    @Override
    public void close() {
      gpu.lock().lock();
      try {
        if (closed) {
          return;
        }
        closed = true;
        try {
          gpu.context().synchronize();
        } finally {
          if (pinned != null) {
            pinned.close();
          }
        }
      } finally {
        gpu.lock().unlock();
      }
    }
  }
}
