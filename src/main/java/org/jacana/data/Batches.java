package org.jacana.data;

/**
 * Walks over images in batches, filling arrays of the caller; a batch allocates nothing.
 *
 * <p>The order depends on the seed and the epoch's number alone and is the same on every machine.
 * The images are shared, not copied. Not for use by two threads at once.
 *
 * <pre>{@code
 * Batches batches = Batches.shuffled(train, Normalization.of(train), 64, seed, true);
 * float[] pixels = new float[batches.pixelCount()];
 * int[] labels = new int[batches.batchSize()];
 * for (int epoch = 0; epoch < 10; epoch++) {
 *   batches.start(epoch);
 *   for (int n = batches.next(pixels, labels); n > 0; n = batches.next(pixels, labels)) {
 *     ...
 *   }
 * }
 * }</pre>
 */
public final class Batches {
  private final ImageData images;
  private final float[] table;
  private final int batchSize;
  private final long seed;
  private final int[] order;
  private final Draws shuffle;
  private final int end;
  private int position;

  private Batches(
      ImageData images, Normalization scale, int batchSize, long seed, boolean mix, boolean drop) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batches: batch size must be at least 1, is " + batchSize);
    }
    if (batchSize > images.count()) {
      throw new IllegalArgumentException(
          "batches: batch size "
              + batchSize
              + " is larger than the "
              + images.count()
              + " images of "
              + images.name()
              + "; use a batch size of at most "
              + images.count());
    }
    if (scale.mean().length != images.channels()) {
      throw new IllegalArgumentException(
          "batches: the normalization has "
              + scale.mean().length
              + " channels but the images of "
              + images.name()
              + " have "
              + images.channels());
    }
    this.images = images;
    this.table = scale.table();
    this.batchSize = batchSize;
    this.seed = seed;
    this.shuffle = mix ? new Draws(seed, 0) : null;
    this.order = new int[images.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    this.end = drop ? images.count() - images.count() % batchSize : images.count();
    start(0);
  }

  /**
   * Batches in a random order that is new in each epoch; stands at the start of epoch 0.
   *
   * @param dropLast whether to leave out the last images of an epoch where they do not fill a batch
   * @throws IllegalArgumentException if the batch size is below 1 or above the number of images, or
   *     the normalization has another number of channels
   */
  public static Batches shuffled(
      ImageData images, Normalization scale, int batchSize, long seed, boolean dropLast) {
    return new Batches(images, scale, batchSize, seed, true, dropLast);
  }

  /**
   * Batches in the order of the images, as for an evaluation; the last may be smaller.
   *
   * @throws IllegalArgumentException as {@link #shuffled}
   */
  public static Batches sequential(ImageData images, Normalization scale, int batchSize) {
    return new Batches(images, scale, batchSize, 0, false, false);
  }

  /**
   * Goes to the first batch of an epoch; returns this.
   *
   * @throws IllegalArgumentException if the epoch is negative
   */
  public Batches start(int epoch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("batches: epoch must be at least 0, is " + epoch);
    }
    if (shuffle != null) {
      shuffle.at(seed, epoch);
      shuffle.permute(order);
    }
    position = 0;
    return this;
  }

  /** Images of a full batch. */
  public int batchSize() {
    return batchSize;
  }

  /** Floats of a full batch: the length that {@code pixels} needs at least. */
  public int pixelCount() {
    return batchSize * images.imageSize();
  }

  /** Batches of an epoch. */
  public int count() {
    return (end - 1) / batchSize + 1;
  }

  /** The images that the batches are taken from. */
  public ImageData images() {
    return images;
  }

  /** Index of the image that comes at a place of this epoch's order, 0 to images - 1. */
  public int index(int place) {
    return order[place];
  }

  /**
   * Fills the next batch.
   *
   * @param pixels receives [n, height, width, channels] from its start; what lies behind is left as
   *     it is
   * @param labels receives [n] from its start
   * @return n, the number of images: the batch size, less in a last smaller batch, 0 at the end of
   *     the epoch
   * @throws IllegalArgumentException if an array is shorter than a full batch
   */
  public int next(float[] pixels, int[] labels) {
    if (pixels.length < pixelCount() || labels.length < batchSize) {
      throw new IllegalArgumentException(
          "batches: a batch needs "
              + pixelCount()
              + " pixels and "
              + batchSize
              + " labels, the arrays hold "
              + pixels.length
              + " and "
              + labels.length);
    }
    int n = Math.min(batchSize, end - position);
    for (int i = 0; i < n; i++) {
      int image = order[position + i];
      labels[i] = images.labels()[image];
      fill(image, pixels, i * images.imageSize());
    }
    position += n;
    return n;
  }

  /**
   * Gives the next batch as numbers of images instead of pixels, for images that lie on a device.
   *
   * @param indices receives [n] from its start
   * @return n, as {@link #next(float[], int[])}
   * @throws IllegalArgumentException if the array is shorter than a full batch
   */
  public int next(int[] indices) {
    if (indices.length < batchSize) {
      throw new IllegalArgumentException(
          "batches: a batch needs " + batchSize + " indices, the array holds " + indices.length);
    }
    int n = Math.min(batchSize, end - position);
    System.arraycopy(order, position, indices, 0, n);
    position += n;
    return n;
  }

  private void fill(int image, float[] target, int offset) {
    byte[] source = images.pixels();
    int channels = images.channels();
    int size = images.imageSize();
    int start = image * size;
    for (int c = 0; c < channels; c++) {
      int row = c << 8;
      for (int i = c; i < size; i += channels) {
        target[offset + i] = table[row + (source[start + i] & 255)];
      }
    }
  }
}
