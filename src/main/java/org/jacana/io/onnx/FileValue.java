package org.jacana.io.onnx;

import java.io.IOException;
import org.jacana.data.FormatException;

/**
 * An input or output of a graph.
 *
 * @param type null when it is no tensor or of a type that is not read
 * @param dims the extents, -1 for open ones; null when even their number is open
 */
record FileValue(String name, ElementType type, int[] dims) {
  /** The fields of a ValueInfoProto as they come. */
  static final class Parsing {
    private final Fields in;
    private String name = "";
    private long code;
    private Longs dims;

    Parsing(Fields in) {
      this.in = in;
    }

    boolean read(int field) throws IOException {
      switch (field) {
        case 1 -> name = in.text();
        case 2 -> in.message("a type", this::type);
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean type(int field) throws IOException {
      if (field != 1) {
        return false;
      }
      in.message("a tensor's type", this::tensor);
      return true;
    }

    private boolean tensor(int field) throws IOException {
      switch (field) {
        case 1 -> code = in.integer();
        case 2 -> {
          dims = new Longs();
          in.message("a shape", this::shape);
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    private boolean shape(int field) throws IOException {
      if (field != 1) {
        return false;
      }
      long[] extent = {-1};
      in.repeatedMessage(
          "an axis",
          f -> {
            if (f != 1) {
              return false;
            }
            extent[0] = in.integer();
            return true;
          });
      dims.add(extent[0]);
      return true;
    }

    FileValue done() throws FormatException {
      int[] d = null;
      if (dims != null) {
        d = new int[dims.size()];
        long[] v = dims.toArray();
        for (int i = 0; i < d.length; i++) {
          if (v[i] < -1 || v[i] > Integer.MAX_VALUE) {
            throw in.error("axes of 0 to 2^31 - 1 for " + OnnxFile.shown(name), v[i] + "");
          }
          d[i] = (int) v[i];
        }
      }
      return new FileValue(name, ElementType.of(code).orElse(null), d);
    }
  }
}
