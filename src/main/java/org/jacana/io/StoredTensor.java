package org.jacana.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backend;

/**
 * A tensor as a file holds it.
 *
 * @param dtype type of the elements
 * @param shape axes, row-major
 * @param bytes the elements, little-endian; read-only, from position 0
 */
public record StoredTensor(DType dtype, Shape shape, ByteBuffer bytes) {

  /**
   * Checks that the bytes are as many as type and shape ask for.
   *
   * @throws IllegalArgumentException if not
   */
  public StoredTensor {
    bytes = bytes.slice().asReadOnlyBuffer();
    long wanted = Math.multiplyExact(shape.size(), (long) dtype.bytes());
    if (bytes.remaining() != wanted) {
      throw new IllegalArgumentException(
          "stored tensor: "
              + dtype
              + " "
              + shape
              + " needs "
              + wanted
              + " bytes, got "
              + bytes.remaining());
    }
  }

  /** The bytes again from their start, so that readers do not move each other's position. */
  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  /** A copy of a tensor's elements. */
  public static StoredTensor of(Tensor t) {
    return new StoredTensor(t.dtype(), t.shape(), swapped(t.bytes(), t.dtype().bytes()));
  }

  /** A new tensor of this type, shape and content on a backend's device. */
  public Tensor tensor(Backend backend) {
    Tensor t = Tensor.allocate(backend, shape, dtype);
    if (t.size() > 0) {
      backend.upload(t.view().buffer(), 0, swapped(bytes(), dtype.bytes()));
    }
    return t;
  }

  /** A new tensor of this type, shape and content on the innermost scope's device. */
  public Tensor tensor() {
    Tensor t = Tensor.zeros(dtype, shape.dims());
    if (t.size() > 0) {
      t.backend().upload(t.view().buffer(), 0, swapped(bytes(), dtype.bytes()));
    }
    return t;
  }

  /**
   * From the machine's order of bytes to little-endian or back: the same bytes on most machines.
   */
  private static ByteBuffer swapped(ByteBuffer from, int width) {
    if (width == 1 || ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      return from;
    }
    ByteBuffer to = ByteBuffer.allocate(from.remaining());
    while (from.hasRemaining()) {
      int at = from.position();
      for (int i = width - 1; i >= 0; i--) {
        to.put(from.get(at + i));
      }
      from.position(at + width);
    }
    return to.flip();
  }
}
