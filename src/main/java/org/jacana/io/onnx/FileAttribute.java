package org.jacana.io.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jacana.data.FormatException;

/**
 * An attribute of a node.
 *
 * @param kind which of the values it has
 */
record FileAttribute(
    String name,
    Kind kind,
    float number,
    long integer,
    String text,
    FileTensor tensor,
    float[] numbers,
    long[] integers,
    List<String> texts) {
  /** The kinds of attributes that we read. */
  enum Kind {
    NUMBER,
    INTEGER,
    TEXT,
    TENSOR,
    /** A graph, tensor list or type: known to be there, not read. */
    OTHER,
    NUMBERS,
    INTEGERS,
    TEXTS
  }

  private static Kind kind(long code) {
    return switch ((int) Math.max(0, Math.min(100, code))) {
      case 1 -> Kind.NUMBER;
      case 2 -> Kind.INTEGER;
      case 3 -> Kind.TEXT;
      case 4 -> Kind.TENSOR;
      case 6 -> Kind.NUMBERS;
      case 7 -> Kind.INTEGERS;
      case 8 -> Kind.TEXTS;
      default -> Kind.OTHER;
    };
  }

  /** The fields of an AttributeProto as they come. */
  static final class Parsing {
    private final Fields in;
    private String name = "";
    private long code = -1;
    private float number;
    private long integer;
    private ByteBuffer text;
    private FileTensor tensor;
    private final Chunks numbers = new Chunks();
    private final Longs integers = new Longs();
    private final List<String> texts = new ArrayList<>();

    /** Which value came, in case the type is not said. */
    private Kind came;

    Parsing(Fields in) {
      this.in = in;
    }

    boolean read(int field) throws IOException {
      switch (field) {
        case 1 -> name = in.text();
        case 2 -> {
          number = in.number();
          came = Kind.NUMBER;
        }
        case 3 -> {
          integer = in.integer();
          came = Kind.INTEGER;
        }
        case 4 -> {
          text = in.data();
          came = Kind.TEXT;
        }
        case 5 -> {
          FileTensor.Parsing t = FileTensor.parsing(in);
          in.message("a tensor", t::read);
          tensor = t.done();
          came = Kind.TENSOR;
        }
        case 7 -> {
          in.fixed(numbers, 4);
          came = Kind.NUMBERS;
        }
        case 8 -> {
          in.integers(integers);
          came = Kind.INTEGERS;
        }
        case 9 -> {
          texts.add(utf8(in.repeatedData()));
          came = Kind.TEXTS;
        }
        case 20 -> code = in.integer();
        default -> {
          if (field == 6 || field == 10 || field == 11 || field >= 14) {
            came = Kind.OTHER;
          }
          return false;
        }
      }
      return true;
    }

    private static String utf8(ByteBuffer b) {
      return StandardCharsets.UTF_8.decode(b.duplicate()).toString();
    }

    FileAttribute done() throws FormatException {
      Kind kind = code > 0 ? kind(code) : came == null ? Kind.OTHER : came;
      boolean one = kind == Kind.TENSOR && tensor == null;
      if (name.isEmpty() || one) {
        throw in.error("an attribute with a name and its value", OnnxFile.shown(name));
      }
      float[] fs = new float[0];
      if (!numbers.isEmpty()) {
        ByteBuffer b = numbers.toBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
        fs = new float[b.remaining() / 4];
        b.asFloatBuffer().get(fs);
      }
      String s = text == null ? "" : utf8(text);
      return new FileAttribute(
          name, kind, number, integer, s, tensor, fs, integers.toArray(), List.copyOf(texts));
    }
  }
}
