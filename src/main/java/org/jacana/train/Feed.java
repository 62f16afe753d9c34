package org.jacana.train;

import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.backend.OutOfDeviceMemoryException;
import org.jacana.data.Loader;

/** Where a training step's batches come from; the loader stays the caller's. */
interface Feed extends AutoCloseable {
  /**
   * Inputs [n, ...] and what is to be predicted: classes I32 [n], their probabilities F32 [n,
   * classes], or values F32 [n, ...].
   */
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

  /** Takes the loader's next batch; its number of examples, 0 at the end of the epoch. */
  int next();

  /** The first n examples of the batch, as new tensors of the current scope. */
  Batch batch(int n);

  /** A slot for batches of n examples, which belongs to the caller. */
  Slot slot(int n);

  /** Puts the batch, of as many examples as the slot is for, into a slot. */
  void fill(Slot slot);

  /** What is in a slot, as a model takes it. */
  Batch batch(Slot slot);

  @Override
  void close();

  /**
   * A feed of a loader's batches on a device.
   *
   * @throws IllegalArgumentException if the data is to lie on the device but cannot
   */
  static Feed of(Loader loader, Device device, Residence residence) {
    String reason = ResidentFeed.whyNot(loader);
    if (residence == Residence.DEVICE) {
      if (reason != null) {
        throw new IllegalArgumentException(
            "train: the data cannot lie on the device: " + reason + "; let it lie on the host");
      }
      return new ResidentFeed(loader, device);
    }
    if (residence == Residence.AUTO && reason == null && Backends.of(device).asynchronous()) {
      try {
        return new ResidentFeed(loader, device);
      } catch (OutOfDeviceMemoryException e) {
        return new HostFeed(loader, device);
      }
    }
    return new HostFeed(loader, device);
  }
}
