package org.jacana.io.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Bytes that come in pieces; a single piece is not copied. */
final class Chunks {
  private ByteBuffer only;
  private ByteArrayOutputStream all;

  void add(ByteBuffer piece) {
    if (only == null && all == null) {
      only = piece;
      return;
    }
    byte[] bytes = new byte[piece.remaining()];
    piece.duplicate().get(bytes);
    copied().writeBytes(bytes);
  }

  void add(long value, int width) {
    for (int i = 0; i < width; i++) {
      copied().write((int) (value >>> 8 * i));
    }
  }

  private ByteArrayOutputStream copied() {
    if (all == null) {
      all = new ByteArrayOutputStream();
      if (only != null) {
        byte[] bytes = new byte[only.remaining()];
        only.duplicate().get(bytes);
        all.writeBytes(bytes);
        only = null;
      }
    }
    return all;
  }

  boolean isEmpty() {
    return only == null && all == null;
  }

  ByteBuffer toBuffer() {
    return only != null ? only : ByteBuffer.wrap(all.toByteArray());
  }
}
