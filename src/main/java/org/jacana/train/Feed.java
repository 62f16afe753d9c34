package org.jacana.train;

import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.jacana.data.Batches;
import org.jacana.data.Normalization;

/** Where a training step's images come from. */
interface Feed extends AutoCloseable {
  /** Images [n, height, width, channels] and their classes, I32 [n]. */
  record Batch(Tensor x, Tensor y) {}

  /** Tensors that stay in place while the batches in them change, for a recorded step. */
  record Slot(Tensor... tensors) implements AutoCloseable {
    @Override
    public void close() {
      for (Tensor t : tensors) {
        t.close();
      }
    }
  }

  /** Takes the next batch; its number of images. */
  int next();

  /** The first n images of the batch, as new tensors of the current scope. */
  Batch batch(int n);

  /** A slot for batches of n images, which belongs to the caller. */
  Slot slot(int n);

  /** Puts the batch into a slot. */
  void fill(Slot slot);

  /** What is in a slot, as a model takes it. */
  Batch batch(Slot slot);

  @Override
  void close();

  /**
   * The feed that suits a device: where copying makes it wait, and they fit, all images are put
   * there once and a batch is a list of numbers.
   */
  static Feed of(Batches batches, Normalization scale, Device device) {
    if (Backends.of(device).asynchronous() && ResidentFeed.fits(batches.images())) {
      try {
        return new ResidentFeed(batches, scale, device);
      } catch (OutOfDeviceMemoryException e) {
        return new HostFeed(batches, device);
      }
    }
    return new HostFeed(batches, device);
  }
}
