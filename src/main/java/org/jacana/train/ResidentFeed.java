package org.jacana.train;

import java.util.Arrays;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.data.Batches;
import org.jacana.data.ImageData;
import org.jacana.data.Normalization;

/**
 * Images that lie on the device as the bytes they are; a batch is picked and normalised there, by
 * the table that the host uses, so that it has the same bits.
 */
final class ResidentFeed implements Feed {
  /** Images of more bytes stay on the host. */
  private static final long LIMIT = 1L << 30;

  private final Batches batches;
  private final Device device;
  private final int[] indices;
  private final int channels;
  private final int[] shape;

  /** U8 [images, pixels of an image]. */
  private final Tensor pixels;

  /** I32 [images]. */
  private final Tensor labels;

  /** F32 [256 channels], the number of each pixel value. */
  private final Tensor table;

  /** I32 [channels], where a channel's part of the table begins. */
  private final Tensor starts;

  static boolean fits(ImageData images) {
    return images.pixels().length <= LIMIT;
  }

  ResidentFeed(Batches batches, Normalization scale, Device device) {
    this.batches = batches;
    this.device = device;
    ImageData i = batches.images();
    indices = new int[batches.batchSize()];
    channels = i.channels();
    shape = new int[] {0, i.height(), i.width(), channels};
    int[] first = new int[channels];
    Arrays.setAll(first, c -> 256 * c);
    try (Scope scope = Scope.open(device)) {
      Tensor p = Tensor.of(i.pixels(), i.count(), i.imageSize());
      Tensor l = Tensor.of(i.labels());
      Tensor t = Tensor.of(scale.table());
      Tensor s = Tensor.of(first);
      pixels = Scope.release(p);
      labels = Scope.release(l);
      table = Scope.release(t);
      starts = Scope.release(s);
    }
  }

  @Override
  public int next() {
    return batches.next(indices);
  }

  private int[] first(int n) {
    return n == indices.length ? indices : Arrays.copyOf(indices, n);
  }

  @Override
  public Batch batch(int n) {
    return pick(Tensor.of(first(n), n));
  }

  @Override
  public Slot slot(int n) {
    try (Scope scope = Scope.open(device)) {
      return new Slot(Scope.release(Tensor.zeros(DType.I32, n)));
    }
  }

  @Override
  public void fill(Slot slot) {
    slot.tensors()[0].write(indices);
  }

  @Override
  public Batch batch(Slot slot) {
    return pick(slot.tensors()[0]);
  }

  private Batch pick(Tensor index) {
    int n = index.shape().dim(0);
    Tensor bytes = pixels.indexSelect(0, index);
    Tensor entry =
        channels == 1
            ? bytes
            : bytes.to(DType.I32).reshape(n, bytes.shape().dim(1) / channels, channels).add(starts);
    int[] d = shape.clone();
    d[0] = n;
    Tensor x = table.gather(0, entry.reshape(Math.toIntExact(entry.size()))).reshape(d);
    return new Batch(x, labels.indexSelect(0, index));
  }

  @Override
  public void close() {
    pixels.close();
    labels.close();
    table.close();
    starts.close();
  }
}
