package org.jacana.backend;

/** Hears of a backend's buffers, in the thread that makes or frees them, right after it did. */
public interface BufferListener {
  void made(Buffer buffer);

  void freed(Buffer buffer);
}
