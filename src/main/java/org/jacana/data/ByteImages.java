package org.jacana.data;

import java.io.IOException;

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

  @Override
  default void read(int i, float[] x, int at) throws IOException {
    read(i, Normalization.none(inputShape().dim(-1)).table(), x, at);
  }
}
