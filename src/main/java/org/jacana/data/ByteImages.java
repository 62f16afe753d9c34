package org.jacana.data;

import java.io.IOException;
import java.util.stream.IntStream;
import org.jacana.Shape;

/**
 * Images whose values are bytes 0 to 255. Their input is byte / 255; a {@link Loader} that
 * normalises first looks the result up instead, and one on a device keeps the bytes there.
 */
public interface ByteImages extends Dataset {
  /**
   * Writes the bytes of an image, [H, W, C], from {@code to[at]} on.
   *
   * @throws IOException if it cannot be read
   */
  void bytes(int i, byte[] to, int at) throws IOException;

  /**
   * Writes the image's numbers as a table gives them.
   *
   * @param table entry 256 c + v is the number of value v in channel c
   * @throws IOException if it cannot be read
   */
  void read(int i, float[] table, float[] x, int at) throws IOException;

  /**
   * The bytes of all images, [count, H, W, C], not to be written to; what must be decoded is
   * decoded by as many threads as there are cores.
   *
   * @throws IllegalArgumentException if they need more than 2^31 - 1 bytes
   * @throws IOException if an image cannot be read; of several the first
   */
  default byte[] allBytes() throws IOException {
    Shape shape = inputShape();
    if (count() * shape.size() > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          name() + ": " + count() + " images " + shape + " do not fit one array; read them singly");
    }
    int size = (int) shape.size();
    byte[] all = new byte[count() * size];
    IOException[] failed = new IOException[count()];
    IntStream.range(0, count())
        .parallel()
        .forEach(
            i -> {
              try {
                bytes(i, all, i * size);
              } catch (IOException e) {
                failed[i] = e;
              }
            });
    for (IOException e : failed) {
      if (e != null) {
        throw e;
      }
    }
    return all;
  }

  /**
   * All images in memory.
   *
   * @throws IllegalStateException if the target is values
   * @throws IllegalArgumentException as {@link #allBytes}
   * @throws IOException as {@link #allBytes}
   */
  default ImageData load() throws IOException {
    Shape shape = inputShape();
    return new ImageData(
        name(),
        allBytes(),
        labels(),
        count(),
        shape.dim(0),
        shape.dim(1),
        shape.dim(2),
        target().classNames());
  }

  @Override
  default void read(int i, float[] x, int at) throws IOException {
    read(i, Normalization.none(inputShape().dim(-1)).table(), x, at);
  }
}
