package org.jacana.backend;

/**
 * A device has no memory left for an allocation. Nothing was changed: after closing tensors, or
 * with a smaller batch, the same call succeeds. Holds numbers only, no tensors.
 */
public final class OutOfDeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final long requested;
  private final long live;
  private final long cached;
  private final long largestCached;
  private final long free;

  /**
   * @param device the device's name, for the message
   * @param requested bytes asked for
   * @param live bytes in buffers that are in use
   * @param cached bytes held for reuse
   * @param largestCached the largest piece of those in one block
   * @param free bytes that the device itself still has
   * @param owners what holds most of the live bytes, in words; may be empty
   */
  public OutOfDeviceMemoryException(
      String device,
      long requested,
      long live,
      long cached,
      long largestCached,
      long free,
      String owners) {
    super(
        device
            + ": no memory for "
            + size(requested)
            + "; tensors hold "
            + size(live)
            + (owners.isEmpty() ? "" : " (" + owners + ")")
            + ", cached for reuse "
            + size(cached)
            + " (largest block "
            + size(largestCached)
            + "), free on the device "
            + size(free)
            + "; use a smaller batch or close tensors earlier");
    this.requested = requested;
    this.live = live;
    this.cached = cached;
    this.largestCached = largestCached;
    this.free = free;
  }

  private OutOfDeviceMemoryException(OutOfDeviceMemoryException e, String advice) {
    super(e.getMessage() + "; " + advice, e);
    requested = e.requested;
    live = e.live;
    cached = e.cached;
    largestCached = e.largestCached;
    free = e.free;
  }

  /** The same with advice that the caller can give, such as a size that fits. */
  public OutOfDeviceMemoryException with(String advice) {
    return new OutOfDeviceMemoryException(this, advice);
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? bytes + " bytes"
        : String.format(java.util.Locale.ROOT, "%.1f MiB", bytes / 1048576.0);
  }

  /** Bytes that were asked for. */
  public long requested() {
    return requested;
  }

  /** Bytes held by open tensors. */
  public long live() {
    return live;
  }

  /** Bytes held for reuse. */
  public long cached() {
    return cached;
  }

  /** The largest block held for reuse, in bytes. */
  public long largestCached() {
    return largestCached;
  }

  /** Bytes that the device had left. */
  public long free() {
    return free;
  }
}
