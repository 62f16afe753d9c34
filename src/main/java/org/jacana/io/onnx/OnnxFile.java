package org.jacana.io.onnx;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.data.FormatException;

/**
 * The content of a file, checked: every name is given once, and before it is used.
 *
 * @param opset the version of the standard operators
 * @param inputs those that are not initializers
 */
record OnnxFile(
    String file,
    String producer,
    String producerVersion,
    int opset,
    Map<String, String> metadata,
    List<FileNode> nodes,
    Map<String, FileTensor> initializers,
    List<FileValue> inputs,
    List<FileValue> outputs) {
  static final int OLDEST_OPSET = 6;
  static final int NEWEST_OPSET = 28;

  static OnnxFile parse(String file, byte[] bytes) throws FormatException {
    return Fields.parse(file, bytes, in -> new Parsing(file, in).parse());
  }

  /** A name from a file as messages show it: short and on one line. */
  static String shown(String text) {
    String s = text.length() > 80 ? text.substring(0, 80) + "..." : text;
    return "'" + s.replaceAll("\\p{Cntrl}", "?") + "'";
  }

  private static final class Parsing {
    private final String file;
    private final Fields in;
    private String producer = "";
    private String producerVersion = "";
    private boolean graph;
    private long opset = -1;
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final List<FileNode> nodes = new ArrayList<>();
    private final Map<String, FileTensor> initializers = new LinkedHashMap<>();
    private final List<FileValue> inputs = new ArrayList<>();
    private final List<FileValue> outputs = new ArrayList<>();

    Parsing(String file, Fields in) {
      this.file = file;
      this.in = in;
    }

    OnnxFile parse() throws IOException {
      if (in.size() == 0) {
        throw in.error("a model", "an empty file");
      }
      in.each("a model", this::model);
      if (!graph) {
        throw in.error("a model with a graph", "none");
      }
      if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
        throw in.error(
            "an operator set of " + OLDEST_OPSET + " to " + NEWEST_OPSET,
            opset < 0 ? "none" : Long.toString(opset));
      }
      inputs.removeIf(v -> initializers.containsKey(v.name()));
      requireNames();
      return new OnnxFile(
          file,
          producer,
          producerVersion,
          (int) opset,
          metadata,
          List.copyOf(nodes),
          initializers,
          List.copyOf(inputs),
          List.copyOf(outputs));
    }

    private boolean model(int field) throws IOException {
      switch (field) {
        case 2 -> producer = in.text();
        case 3 -> producerVersion = in.text();
        case 7 -> {
          graph = true;
          in.message("a graph", this::graph);
        }
        case 8 -> opset();
        case 14 -> metadata();
        default -> {
          return false;
        }
      }
      return true;
    }

    private void opset() throws IOException {
      String[] domain = {""};
      long[] version = {0};
      in.repeatedMessage(
          "an operator set",
          f -> {
            switch (f) {
              case 1 -> domain[0] = in.text();
              case 2 -> version[0] = in.integer();
              default -> {
                return false;
              }
            }
            return true;
          });
      if (domain[0].isEmpty() || domain[0].equals("ai.onnx")) {
        if (opset >= 0) {
          throw in.error("the standard operator set once", "it twice");
        }
        opset = Math.max(0, version[0]);
      }
    }

    private void metadata() throws IOException {
      String[] entry = {"", ""};
      in.repeatedMessage(
          "metadata",
          f -> {
            if (f != 1 && f != 2) {
              return false;
            }
            entry[f - 1] = in.text();
            return true;
          });
      if (metadata.put(entry[0], entry[1]) != null) {
        throw in.error("each metadata key once", shown(entry[0]) + " twice");
      }
    }

    private boolean graph(int field) throws IOException {
      switch (field) {
        case 1 -> {
          FileNode.Parsing p = new FileNode.Parsing(in);
          in.repeatedMessage("a node", p::read);
          nodes.add(p.done());
        }
        case 5 -> {
          FileTensor.Parsing p = FileTensor.parsing(in);
          in.repeatedMessage("a tensor", p::read);
          FileTensor t = p.done();
          if (t.name().isEmpty() || initializers.put(t.name(), t) != null) {
            throw in.error("initializers with a name each", shown(t.name()) + " twice or empty");
          }
        }
        case 11 -> value(inputs);
        case 12 -> value(outputs);
        case 15 -> throw in.error("dense initializers", "a sparse one");
        default -> {
          return false;
        }
      }
      return true;
    }

    private void value(List<FileValue> to) throws IOException {
      FileValue.Parsing p = new FileValue.Parsing(in);
      in.repeatedMessage("a value", p::read);
      to.add(p.done());
    }

    private void requireNames() throws FormatException {
      Set<String> known = new HashSet<>(initializers.keySet());
      for (FileValue v : inputs) {
        if (v.name().isEmpty() || !known.add(v.name())) {
          throw in.error("inputs with a name each", shown(v.name()) + " twice or empty");
        }
      }
      for (FileNode n : nodes) {
        for (String i : n.inputs()) {
          if (!i.isEmpty() && !known.contains(i)) {
            throw in.error("nodes in order of use", n.shown() + " before its input " + shown(i));
          }
        }
        for (String o : n.outputs()) {
          if (!o.isEmpty() && !known.add(o)) {
            throw in.error("each value once", shown(o) + " twice");
          }
        }
      }
      for (FileValue v : outputs) {
        if (!known.contains(v.name())) {
          throw in.error("outputs that the graph computes", shown(v.name()));
        }
      }
      if (outputs.isEmpty()) {
        throw in.error("a graph with an output", "none");
      }
    }
  }
}
