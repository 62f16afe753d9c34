package org.jacana.data;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * Labelled images of one size, held in memory as bytes.
 *
 * <p>The arrays are shared with the caller, not copied, and must not be written to. Two objects
 * with the same content are not {@code equals}; compare {@link #sha256()}.
 *
 * @param name name of the data, for messages
 * @param pixels [count, height, width, channels], unsigned bytes 0 to 255
 * @param labels [count], each 0 to classes - 1
 * @param count number of images, at least 1
 * @param height rows of an image
 * @param width columns of an image
 * @param channels values of a pixel
 * @param classNames the name of each class
 */
public record ImageData(
    String name,
    byte[] pixels,
    int[] labels,
    int count,
    int height,
    int width,
    int channels,
    List<String> classNames)
    implements ByteImages {

  /**
   * Checks that the sizes agree.
   *
   * @throws IllegalArgumentException if a size is not positive, the arrays do not have the sizes
   *     that the other arguments ask for, or a label names no class
   */
  public ImageData {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(pixels, "pixels");
    Objects.requireNonNull(labels, "labels");
    classNames = List.copyOf(classNames);
    String shape = "[" + count + ", " + height + ", " + width + ", " + channels + "]";
    if (count < 1 || height < 1 || width < 1 || channels < 1) {
      throw new IllegalArgumentException(
          name + ": every size of the images must be at least 1, got " + shape);
    }
    if (!product(pixels.length, count, height, width, channels)) {
      throw new IllegalArgumentException(
          name + ": images " + shape + " do not fit " + pixels.length + " pixel bytes");
    }
    if (labels.length != count) {
      throw new IllegalArgumentException(
          name + ": " + labels.length + " labels for " + count + " images; give one for each");
    }
    if (classNames.isEmpty()) {
      throw new IllegalArgumentException(name + ": there are no class names; give at least one");
    }
    for (int i = 0; i < count; i++) {
      if (labels[i] < 0 || labels[i] >= classNames.size()) {
        throw new IllegalArgumentException(
            name
                + ": label "
                + labels[i]
                + " of image "
                + i
                + " is not in 0.."
                + (classNames.size() - 1)
                + " (there are "
                + classNames.size()
                + " class names)");
      }
    }
  }

  private static boolean product(int wanted, int... sizes) {
    long product = 1;
    for (int size : sizes) {
      product *= size;
      if (product > wanted) {
        return false;
      }
    }
    return product == wanted;
  }

  @Override
  public byte[] allBytes() {
    return pixels;
  }

  /** These images themselves. */
  @Override
  public ImageData load() {
    return this;
  }

  @Override
  public Shape inputShape() {
    return Shape.of(height, width, channels);
  }

  @Override
  public boolean inMemory() {
    return true;
  }

  @Override
  public Target target() {
    return Target.classes(classNames);
  }

  @Override
  public int label(int i) {
    return labels[i];
  }

  @Override
  public void bytes(int i, byte[] to, int at) {
    Objects.checkIndex(i, count);
    System.arraycopy(pixels, i * imageSize(), to, at, imageSize());
  }

  @Override
  public void read(int i, float[] table, float[] x, int at) {
    Objects.checkIndex(i, count);
    ByteTable.lookUp(pixels, i * imageSize(), imageSize(), channels, table, x, at);
  }

  @Override
  public void read(int i, float[] x, int at) {
    Objects.checkIndex(i, count);
    ByteTable.lookUp(pixels, i * imageSize(), imageSize(), 1, ByteTable.FRACTIONS, x, at);
  }

  /**
   * All images as a new tensor of the current scope, F32 [count, height, width, channels].
   *
   * @throws IllegalArgumentException if the normalization has another number of channels
   */
  public Tensor tensor(Normalization scale) {
    scale.shape(inputShape());
    float[] table = scale.table();
    float[] x = new float[pixels.length];
    for (int i = 0; i < count; i++) {
      read(i, table, x, i * imageSize());
    }
    return Tensor.of(x, count, height, width, channels);
  }

  /** Number of classes. */
  public int classes() {
    return classNames.size();
  }

  /** Bytes of one image: height x width x channels. */
  public int imageSize() {
    return height * width * channels;
  }

  /**
   * A copy of the images from {@code from} up to but without {@code to}.
   *
   * @throws IllegalArgumentException unless 0 &lt;= from &lt; to &lt;= count
   */
  public ImageData slice(int from, int to) {
    if (from < 0 || from >= to || to > count) {
      throw new IllegalArgumentException(
          name + ": slice " + from + ".." + to + " is empty or not inside 0.." + count);
    }
    byte[] part = Arrays.copyOfRange(pixels, from * imageSize(), to * imageSize());
    int[] partLabels = Arrays.copyOfRange(labels, from, to);
    return new ImageData(name, part, partLabels, to - from, height, width, channels, classNames);
  }

  /**
   * A copy of the images with the given indices, in that order; an index may come twice.
   *
   * @throws IllegalArgumentException if there is no index, one is not in 0..count-1, or the result
   *     needs more than 2^31 - 1 bytes
   */
  public ImageData select(int[] indices) {
    int size = imageSize();
    if (indices.length == 0) {
      throw new IllegalArgumentException(name + ": select needs at least one index");
    }
    if ((long) indices.length * size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          name + ": select of " + indices.length + " images needs more than 2^31 - 1 bytes");
    }
    byte[] part = new byte[indices.length * size];
    int[] partLabels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      int index = indices[i];
      if (index < 0 || index >= count) {
        throw new IllegalArgumentException(
            name + ": index " + index + " at position " + i + " is not in 0.." + (count - 1));
      }
      System.arraycopy(pixels, index * size, part, i * size, size);
      partLabels[i] = labels[index];
    }
    return new ImageData(
        name, part, partLabels, indices.length, height, width, channels, classNames);
  }

  @Override
  public int[] classCounts() {
    int[] counts = new int[classes()];
    for (int label : labels) {
      counts[label]++;
    }
    return counts;
  }

  /** Mean of pixel / 255 over all images and places, one value a channel. */
  public float[] mean() {
    return statistics()[0];
  }

  /** Population standard deviation of pixel / 255, one value a channel. */
  public float[] std() {
    return statistics()[1];
  }

  /** {@link #mean} and {@link #std}, found in one pass. */
  float[][] statistics() {
    float[] mean = new float[channels];
    float[] std = new float[channels];
    for (int c = 0; c < channels; c++) {
      long[] histogram = histogram(c);
      double m = moment(histogram, 0, 1);
      mean[c] = (float) (m / 255);
      std[c] = (float) (Math.sqrt(moment(histogram, m, 2)) / 255);
    }
    return new float[][] {mean, std};
  }

  /**
   * In four tables: neighbours are often equal, and a count must wait for the last one of its own.
   */
  private long[] histogram(int channel) {
    int[][] tables = new int[4][256];
    int[] t0 = tables[0];
    int[] t1 = tables[1];
    int[] t2 = tables[2];
    int[] t3 = tables[3];
    int i = channel;
    for (; i < pixels.length - 3 * channels; i += 4 * channels) {
      t0[pixels[i] & 255]++;
      t1[pixels[i + channels] & 255]++;
      t2[pixels[i + 2 * channels] & 255]++;
      t3[pixels[i + 3 * channels] & 255]++;
    }
    for (; i < pixels.length; i += channels) {
      t0[pixels[i] & 255]++;
    }
    long[] histogram = new long[256];
    for (int[] t : tables) {
      for (int v = 0; v < 256; v++) {
        histogram[v] += t[v];
      }
    }
    return histogram;
  }

  private static double moment(long[] histogram, double center, int power) {
    double sum = 0;
    long total = 0;
    for (int v = 0; v < 256; v++) {
      sum += histogram[v] * (power == 1 ? v - center : (v - center) * (v - center));
      total += histogram[v];
    }
    return sum / total;
  }

  /**
   * SHA-256, in lower-case hexadecimal, of count, height, width, channels (big-endian 32-bit), the
   * pixels, and the labels (big-endian 32-bit each); the names do not count.
   */
  @Override
  public String sha256() {
    MessageDigest digest = Checksum.sha256();
    ByteBuffer sizes = ByteBuffer.allocate(16);
    sizes.putInt(count).putInt(height).putInt(width).putInt(channels);
    digest.update(sizes.array());
    digest.update(pixels);
    ByteBuffer number = ByteBuffer.allocate(4);
    for (int label : labels) {
      digest.update(number.putInt(0, label).array());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public String toString() {
    return name
        + " ["
        + count
        + ", "
        + height
        + ", "
        + width
        + ", "
        + channels
        + "], "
        + classes()
        + " classes";
  }
}
