package org.jacana.backend;

import java.nio.ByteBuffer;

/** What a benchmark asks of a device that works beside the host, and training never does. */
public interface DeviceProbe {
  /**
   * The clock of the device's processors while they wait, counted by themselves against the
   * device's timer; waits.
   *
   * @param nanoseconds how long each counts; the timer's steps, up to a few thousand nanoseconds,
   *     are the error
   * @return hertz, one for each processor
   * @throws IllegalArgumentException if it is not positive
   */
  double[] clocks(long nanoseconds);

  /** The highest clock of the processors in hertz as the driver tells it; 0 where it does not. */
  double ratedClock();

  /** Bytes that buffers can still have. */
  long freeBytes();

  /**
   * Host memory from which copies go to the device as the driver does them, in one piece.
   *
   * @param bytes at least 1
   * @param pinned page-locked, where the device reads by itself; otherwise the driver copies
   *     through such memory of its own
   */
  HostBlock host(int bytes, boolean pinned);

  /** Host memory and copies between it and the device. */
  interface HostBlock extends AutoCloseable {
    /** All of it, in the machine's byte order. */
    ByteBuffer bytes();

    /**
     * Enqueues a copy of all bytes to the beginning of a buffer; the block must not change before
     * it is done.
     */
    void upload(Buffer to);

    /** Enqueues a copy from the beginning of a buffer into the whole block. */
    void download(Buffer from);

    /** Waits for the copies and gives the memory back. */
    @Override
    void close();
  }
}
