package org.jacana.backend.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The native libraries of the CPU backend: whether they are here, memory outside the Java heap, and
 * the number of OpenMP threads. Memory belongs to the caller from {@link #allocate} to {@link
 * #free}; nothing here is left to the collector.
 */
final class Native {
  /** Cache line and AVX-512 register size. */
  static final int ALIGNMENT = 64;

  private Native() {}

  /** Loads once, on first use; a failure is a sentence, never an error of class initialisation. */
  private static final class Library {
    static final String REASON = load();

    private static String load() {
      try {
        Loader.load(dnnl.class);
        return OpenMp.find();
      } catch (NoClassDefFoundError e) {
        return "oneDNN: the class "
            + e.getMessage()
            + " is not on the class path; add the"
            + " artifacts org.bytedeco:dnnl, opencl and javacpp";
      } catch (Throwable e) {
        return "oneDNN: no native library for "
            + platform()
            + " ("
            + oneLine(e)
            + "); add the"
            + " artifacts org.bytedeco:dnnl, opencl and javacpp with this platform's classifier";
      }
    }

    private static String platform() {
      try {
        return Loader.getPlatform();
      } catch (Throwable e) {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
      }
    }

    private static String oneLine(Throwable e) {
      Throwable cause = e;
      while (cause.getCause() != null && cause.getCause() != cause) {
        cause = cause.getCause();
      }
      String text = cause.getMessage();
      return text == null ? cause.getClass().getSimpleName() : text.lines().findFirst().orElse("");
    }
  }

  /** Whether oneDNN was loaded; loads it on the first call. */
  static boolean available() {
    return Library.REASON == null;
  }

  /** Why oneDNN is not available, in one sentence; null where it is. */
  static String reason() {
    return Library.REASON;
  }

  /**
   * @throws IllegalStateException with {@link #reason()} where the libraries are missing
   */
  static void require() {
    if (!available()) {
      throw new IllegalStateException(reason());
    }
  }

  /**
   * Uninitialised memory whose address is a multiple of 64.
   *
   * @throws IllegalArgumentException if {@code bytes} is negative
   * @throws OutOfMemoryError if the system has no such block
   */
  static long allocate(long bytes) {
    if (bytes < 0 || bytes > Long.MAX_VALUE - 2L * ALIGNMENT) {
      throw new IllegalArgumentException("allocate: " + bytes + " bytes is no size");
    }
    require();
    Pointer block = Pointer.malloc(bytes + 2L * ALIGNMENT);
    if (block == null || block.isNull()) {
      throw new OutOfMemoryError("allocate: the system has no block of " + bytes + " bytes");
    }
    long start = block.address();
    long aligned = (start + 2L * ALIGNMENT - 1) & -ALIGNMENT;
    // The block's start goes into the eight bytes before the aligned address: free needs it.
    new LongPointer(new Address(aligned - Long.BYTES)).put(start);
    return aligned;
  }

  /** Gives back what {@link #allocate} returned; 0 does nothing. */
  static void free(long address) {
    if (address != 0) {
      long start = new LongPointer(new Address(address - Long.BYTES)).get();
      Pointer.free(new Address(start));
    }
  }

  /**
   * The bytes from {@code address} on, in native order. The view does not keep the memory alive.
   *
   * @throws IllegalArgumentException if the size is outside 0 to 2147483647
   */
  static ByteBuffer view(long address, long bytes) {
    if (bytes < 0 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "view: " + bytes + " bytes do not fit into one ByteBuffer (at most 2147483647)");
    }
    require();
    if (bytes == 0) {
      return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
    }
    BytePointer p = new BytePointer(new Address(address));
    return p.capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  /**
   * The native address of a direct buffer's position.
   *
   * @throws IllegalArgumentException if the buffer lives on the Java heap
   */
  static long address(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("address: a heap buffer has no fixed address");
    }
    require();
    Pointer p = new Pointer(direct);
    return p.address() + p.position();
  }

  /** Copies bytes; the ranges may overlap. */
  static void copy(long to, long from, long bytes) {
    if (bytes > 0) {
      Pointer.memmove(new Address(to), new Address(from), bytes);
    }
  }

  /** Sets bytes to zero. */
  static void zero(long address, long bytes) {
    if (bytes > 0) {
      Pointer.memset(new Address(address), 0, bytes);
    }
  }

  /** The processors this process may use. */
  static int maxThreads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** The OpenMP threads that calls from this Java thread use; {@link #maxThreads} at first. */
  static int threads() {
    return OpenMp.threads();
  }

  /**
   * Sets the OpenMP threads that calls from this Java thread use; every Java thread has its own
   * number and its own workers.
   *
   * @throws IllegalArgumentException if {@code n} is outside 1 to 1024
   */
  static void setThreads(int n) {
    if (n < 1 || n > 1024) {
      throw new IllegalArgumentException("setThreads: wants 1 to 1024 threads, got " + n);
    }
    require();
    OpenMp.setThreads(n);
  }
}
