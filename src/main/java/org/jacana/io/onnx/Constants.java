package org.jacana.io.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jacana.Shape;
import org.jacana.data.FormatException;

/** The tensors of Constant nodes. */
final class Constants {
  private Constants() {}

  static FileTensor of(NodeContext n) throws FormatException {
    n.inputs(0, 0).outputs(1);
    FileTensor t = n.tensor("value");
    if (t != null) {
      return t;
    }
    if (n.hasAttribute("value_float")) {
      return floats(Shape.scalar(), (float) n.number("value_float", 0));
    }
    if (n.hasAttribute("value_int")) {
      return longs(Shape.scalar(), n.node().attributes().get("value_int").integer());
    }
    float[] fs = n.numbers("value_floats");
    if (fs != null) {
      return floats(Shape.of(fs.length), fs);
    }
    long[] is = n.longs("value_ints");
    if (is != null) {
      return longs(Shape.of(is.length), is);
    }
    throw n.error("a dense tensor or numbers as value", n.node().attributes().keySet().toString());
  }

  private static FileTensor floats(Shape shape, float... v) {
    ByteBuffer b = ByteBuffer.allocate(4 * v.length).order(ByteOrder.LITTLE_ENDIAN);
    b.asFloatBuffer().put(v);
    return new FileTensor("", ElementType.FLOAT, shape, b);
  }

  private static FileTensor longs(Shape shape, long... v) {
    ByteBuffer b = ByteBuffer.allocate(8 * v.length).order(ByteOrder.LITTLE_ENDIAN);
    b.asLongBuffer().put(v);
    return new FileTensor("", ElementType.INT64, shape, b);
  }
}
