package org.jacana.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.data.FormatException;

/**
 * What stands before the elements in an npy file, checked.
 *
 * @param element how an element is stored
 * @param bigEndian whether its highest byte comes first
 * @param fortran whether the first axis changes fastest
 * @param shape axes
 */
record NpyHeader(NpyElement element, boolean bigEndian, boolean fortran, Shape shape) {
  static final String FIX =
      "the file is damaged or of another kind: write it again with numpy.save, allow_pickle=False";

  /** The longest text; NumPy's own limit when it may not trust a file. */
  static final int MAX_LENGTH = 10_000;

  /** Magic number, version, and the length of the text in version 1.0. */
  static final int SHORTEST_START = 10;

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy leaves room for the first axis to grow in place. */
  private static final int GROWTH_DIGITS = 21;

  private static final int ALIGNMENT = 64;

  /** Bytes of all elements. */
  int dataBytes() {
    return (int) (shape.size() * element.width());
  }

  /** Where a text of {@code length} bytes begins. */
  record Start(int begin, int length) {}

  /**
   * Reads magic number, version and length.
   *
   * @param head the first bytes of the file: 12, or all if there are fewer
   * @param size of the file
   */
  static Start start(String file, ByteBuffer head, long size) throws FormatException {
    ByteBuffer b = head.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    if (b.remaining() < SHORTEST_START) {
      throw error(file, "at least " + SHORTEST_START + " bytes", b.remaining() + " bytes");
    }
    byte[] magic = new byte[MAGIC.length];
    b.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw error(file, "a file that starts with \\x93NUMPY", "other bytes");
    }
    int major = b.get() & 255;
    int minor = b.get() & 255;
    if (major < 1 || major > 3 || minor != 0) {
      throw error(file, "version 1.0, 2.0 or 3.0", "version " + major + "." + minor);
    }
    if (major > 1 && b.remaining() < 4) {
      throw error(file, "at least 12 bytes", size + " bytes");
    }
    long length = major == 1 ? b.getShort() & 0xFFFF : b.getInt() & 0xFFFFFFFFL;
    int begin = major == 1 ? SHORTEST_START : SHORTEST_START + 2;
    if (length > MAX_LENGTH) {
      throw error(file, "a header of at most " + MAX_LENGTH + " bytes", length + " bytes");
    }
    if (length > size - begin) {
      throw error(file, "a header of " + length + " bytes", "only " + (size - begin) + " left");
    }
    return new Start(begin, (int) length);
  }

  /** Parses the text, {@code bytes}, and checks that what follows it is {@code dataBytes} long. */
  static NpyHeader parse(String file, byte[] bytes, long dataBytes) throws FormatException {
    NpyHeader h = new NpyGrammar(file, bytes).header();
    long wanted;
    try {
      wanted = Math.multiplyExact(h.shape().size(), (long) h.element().width());
    } catch (ArithmeticException e) {
      throw error(file, "fewer than 2^63 bytes", "shape " + h.shape());
    }
    if (wanted != dataBytes) {
      throw error(
          file,
          wanted + " bytes of elements for shape " + h.shape(),
          dataBytes + (dataBytes > wanted ? " bytes: more than one array?" : " bytes"));
    }
    long here = h.shape().size() * h.element().dtype().bytes();
    if (Math.max(wanted, here) > Integer.MAX_VALUE - 8) {
      throw error(file, "an array of less than 2^31 bytes", Math.max(wanted, here) + " bytes");
    }
    return h;
  }

  /**
   * Everything before the elements, as NumPy writes it.
   *
   * @throws IllegalArgumentException if npy has no such type
   */
  static byte[] bytes(DType dtype, Shape shape) {
    String text =
        "{'descr': '"
            + NpyElement.of(dtype).descr()
            + "', 'fortran_order': False, 'shape': "
            + tuple(shape)
            + ", }";
    if (shape.rank() > 0) {
      text += " ".repeat(GROWTH_DIGITS - Integer.toString(shape.dim(0)).length());
    }
    // NumPy pads by 1 to 64 bytes, never by none.
    int total = (SHORTEST_START + text.length() + 1) / ALIGNMENT * ALIGNMENT + ALIGNMENT;
    int length = total - SHORTEST_START;
    if (length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "npy: a shape of rank "
              + shape.rank()
              + " needs a header of "
              + length
              + " bytes but readers allow "
              + MAX_LENGTH
              + "; reshape it");
    }
    ByteBuffer out = ByteBuffer.allocate(total).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
    out.put(text.getBytes(StandardCharsets.US_ASCII));
    Arrays.fill(out.array(), out.position(), total - 1, (byte) ' ');
    out.array()[total - 1] = '\n';
    return out.array();
  }

  private static String tuple(Shape shape) {
    String all =
        Arrays.stream(shape.dims()).mapToObj(Integer::toString).collect(Collectors.joining(", "));
    return "(" + all + (shape.rank() == 1 ? ",)" : ")");
  }

  private static FormatException error(String file, String expected, String found) {
    return new FormatException(file, expected, found, FIX);
  }
}
