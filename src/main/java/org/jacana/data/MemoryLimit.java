package org.jacana.data;

/** How many bytes a reader may ask for, so that a damaged header cannot exhaust the heap. */
final class MemoryLimit {
  private static final long MOST = 1L << 30;

  private MemoryLimit() {}

  /** 1 GiB, or a third of the heap where that is less: a growing buffer and its copy must fit. */
  static long bytes() {
    return Math.min(MOST, Runtime.getRuntime().maxMemory() / 3);
  }
}
