package org.jacana.train;

/** Where training data lies, and with that where batches are made and transformed. */
public enum Residence {
  /** On a device that works on its own, if it fits there and every transform can run there. */
  AUTO,
  /** On the device; an error if it cannot. */
  DEVICE,
  /** On the host, whose loader makes the batches. */
  HOST
}
