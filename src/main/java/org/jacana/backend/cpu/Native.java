package org.jacana.backend.cpu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The native libraries of the CPU backend: whether they are here, memory outside the Java heap, and
 * the number of OpenMP threads. Memory belongs to the caller from {@link #allocate} to {@link
 * #free}; nothing here is left to the collector.
 */
final class Native {
  /** Cache line and AVX-512 register size. */
  static final int ALIGNMENT = 64;

  private Native() {}

  /**
   * Loads once, on first use; a failure is a sentence, never an error of class initialisation. This
   * class names none of the binding's types, so that it works without the binding's jar.
   */
  private static final class Library {
    static final String REASON = load();

    private static String load() {
      try {
        return OpenMp.find();
      } catch (Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && cause.getCause() != cause) {
          cause = cause.getCause();
        }
        String text = String.valueOf(cause.getMessage()).lines().findFirst().orElse("no reason");
        if (cause instanceof ClassNotFoundException || cause instanceof NoClassDefFoundError) {
          return "oneDNN: the class "
              + text.replace('/', '.')
              + " is missing; add the artifacts org.bytedeco:dnnl, opencl and javacpp";
        }
        return "oneDNN: no native library for "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + " ("
            + text
            + "); add the artifacts org.bytedeco:dnnl, opencl and javacpp with this platform's"
            + " classifier";
      }
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
    return NativeMemory.allocate(bytes);
  }

  /** Gives back what {@link #allocate} returned; 0 does nothing. */
  static void free(long address) {
    if (address != 0) {
      NativeMemory.free(address);
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
    return NativeMemory.view(address, bytes);
  }

  /**
   * The native address of a direct buffer's position. It keeps nothing alive.
   *
   * @throws IllegalArgumentException if the buffer lives on the Java heap
   */
  static long address(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("address: a heap buffer has no fixed address");
    }
    require();
    return NativeMemory.address(direct);
  }

  /** Copies bytes; the ranges may overlap. */
  static void copy(long to, long from, long bytes) {
    if (bytes > 0) {
      NativeMemory.copy(to, from, bytes);
    }
  }

  /** Sets bytes to zero. */
  static void zero(long address, long bytes) {
    if (bytes > 0) {
      NativeMemory.zero(address, bytes);
    }
  }

  /** The processors this process may use. */
  static int maxThreads() {
    return Runtime.getRuntime().availableProcessors();
  }

  /** From here on calls from this Java thread use one OpenMP thread. */
  static void single() {
    if (threads() != 1) {
      setThreads(1);
    }
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
