package org.jacana.backend;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reference-counted storage of one backend. Made with one reference; the last {@link #release}
 * gives the memory back.
 */
public abstract class Buffer {
  private final long bytes;
  private final AtomicInteger references = new AtomicInteger(1);
  private volatile int version;

  protected Buffer(long bytes) {
    this.bytes = bytes;
  }

  /** The size asked for. */
  public final long bytes() {
    return bytes;
  }

  /** Counts in-place writes, so that a recorded node notices a changed input. */
  public final int version() {
    return version;
  }

  public final void changed() {
    version++;
  }

  public final boolean isOpen() {
    return references.get() > 0;
  }

  public final int references() {
    return references.get();
  }

  /** Adds a reference. */
  public final Buffer retain() {
    int was = references.getAndUpdate(n -> n == 0 ? 0 : n + 1);
    if (was == 0) {
      throw new IllegalStateException("buffer: its memory was already given back");
    }
    return this;
  }

  /** Drops a reference; the last one frees the memory. */
  public final void release() {
    int left = references.decrementAndGet();
    if (left == 0) {
      free();
    } else if (left < 0) {
      references.incrementAndGet();
      throw new IllegalStateException("buffer: released more often than retained");
    }
  }

  /** Gives the memory back; called once. */
  protected abstract void free();
}
