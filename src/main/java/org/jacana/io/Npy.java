package org.jacana.io;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jacana.Tensor;
import org.jacana.data.FormatException;

/**
 * Arrays in NumPy's npy files. Reads versions 1.0 to 3.0, either byte order, C and Fortran order;
 * the header is parsed by a strict grammar and never evaluated, Python objects are refused, and no
 * more memory is reserved than the file is long (four times for narrow integers). Writes the bytes
 * that NumPy writes.
 *
 * <p>Types: f8 F64, f4 F32, f2 F16, i4 I32, u1 U8, b1 BOOL. Other integers, i8 among them, which is
 * NumPy's usual one, become I32 and must fit. The format has no BF16.
 *
 * <p>Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
public final class Npy {
  private Npy() {}

  /**
   * Reads a file that holds one array.
   *
   * @throws FormatException if it breaks a rule of the format, holds objects, or an integer that
   *     does not fit
   * @throws IOException if the system cannot read it
   */
  public static StoredTensor read(Path file) throws IOException {
    String name = file.toString();
    try (FileChannel in = FileChannel.open(file)) {
      long size = in.size();
      ByteBuffer head = ByteBuffer.allocate((int) Math.min(12, size));
      fill(name, in, head);
      NpyHeader.Start start = NpyHeader.start(name, head, size);
      ByteBuffer text = ByteBuffer.allocate(start.length());
      in.position(start.begin());
      fill(name, in, text);
      long rest = size - start.begin() - start.length();
      NpyHeader h = NpyHeader.parse(name, text.array(), rest);
      ByteBuffer data = ByteBuffer.allocate(h.dataBytes());
      fill(name, in, data);
      return NpyData.tensor(name, h, data);
    }
  }

  /** Fills a buffer whole and rewinds it. */
  private static void fill(String name, FileChannel in, ByteBuffer to) throws IOException {
    while (to.hasRemaining()) {
      if (in.read(to) < 0) {
        throw new FormatException(
            name, to.remaining() + " more bytes", "the end of the file", NpyHeader.FIX);
      }
    }
    to.rewind();
  }

  /**
   * Writes a file; it appears whole or not at all.
   *
   * @throws IllegalArgumentException if the type is BF16
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, StoredTensor array) throws IOException {
    byte[] header = NpyHeader.bytes(array.dtype(), array.shape());
    AtomicFile.write(file, out -> writeTo(out, header, array));
  }

  /**
   * Writes a tensor's elements; the file appears whole or not at all.
   *
   * @throws IllegalArgumentException if the type is BF16
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Tensor tensor) throws IOException {
    write(file, StoredTensor.of(tensor));
  }

  static void writeTo(OutputStream out, byte[] header, StoredTensor array) throws IOException {
    out.write(header);
    ByteBuffer bytes = array.bytes();
    WritableByteChannel to = Channels.newChannel(out);
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }
}
