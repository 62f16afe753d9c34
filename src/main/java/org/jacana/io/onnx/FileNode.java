package org.jacana.io.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.data.FormatException;

/**
 * One operation of a graph.
 *
 * @param domain "" for the standard operators
 */
record FileNode(
    String name,
    String type,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, FileAttribute> attributes) {

  /** The type, and the name if there is one. */
  String shown() {
    String full = domain.isEmpty() ? type : domain + "." + type;
    return full + (name.isEmpty() ? "" : " (node " + OnnxFile.shown(name) + ")");
  }

  /** The fields of a NodeProto as they come. */
  static final class Parsing {
    private final Fields in;
    private String name = "";
    private String type = "";
    private String domain = "";
    private final List<String> inputs = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final Map<String, FileAttribute> attributes = new LinkedHashMap<>();

    Parsing(Fields in) {
      this.in = in;
    }

    boolean read(int field) throws IOException {
      switch (field) {
        case 1 -> inputs.add(in.repeatedText());
        case 2 -> outputs.add(in.repeatedText());
        case 3 -> name = in.text();
        case 4 -> type = in.text();
        case 5 -> {
          FileAttribute.Parsing p = new FileAttribute.Parsing(in);
          in.repeatedMessage("an attribute", p::read);
          FileAttribute a = p.done();
          if (attributes.put(a.name(), a) != null) {
            throw in.error("each attribute once", OnnxFile.shown(a.name()) + " twice");
          }
        }
        case 7 -> domain = in.text();
        default -> {
          return false;
        }
      }
      return true;
    }

    FileNode done() throws FormatException {
      if (type.isEmpty()) {
        throw in.error("an operator in each node", "none in node " + OnnxFile.shown(name));
      }
      String d = domain.equals("ai.onnx") ? "" : domain;
      return new FileNode(name, type, d, List.copyOf(inputs), List.copyOf(outputs), attributes);
    }
  }
}
