package org.jacana.train;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.Batches;
import org.jacana.data.ImageData;

/** Batches that are normalised on the host and copied to the device. */
final class HostFeed implements Feed {
  private final Batches batches;
  private final Device device;
  private final float[] pixels;
  private final int[] labels;

  HostFeed(Batches batches, Device device) {
    this.batches = batches;
    this.device = device;
    pixels = new float[batches.pixelCount()];
    labels = new int[batches.batchSize()];
  }

  @Override
  public int next() {
    return batches.next(pixels, labels);
  }

  @Override
  public Batch batch(int n) {
    int[] classes = n == labels.length ? labels : Arrays.copyOf(labels, n);
    return new Batch(Images.tensor(batches.images(), pixels, n), Tensor.of(classes, n));
  }

  @Override
  public Slot slot(int n) {
    ImageData i = batches.images();
    try (Scope scope = Scope.open(device)) {
      Tensor x = Tensor.zeros(n, i.height(), i.width(), i.channels());
      Tensor y = Tensor.zeros(DType.I32, n);
      return new Slot(Scope.release(x), Scope.release(y));
    }
  }

  @Override
  public void fill(Slot slot) {
    slot.tensors()[0].write(pixels);
    slot.tensors()[1].write(labels);
  }

  @Override
  public Batch batch(Slot slot) {
    return new Batch(slot.tensors()[0], slot.tensors()[1]);
  }

  @Override
  public void close() {}
}
