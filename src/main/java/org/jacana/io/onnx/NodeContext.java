package org.jacana.io.onnx;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;
import org.jacana.nn.Module;

/** A node that is being made a kernel: its attributes, constants and place in the module. */
final class NodeContext {
  /** Attributes that do not change the result of inference in our precision. */
  private static final Set<String> HARMLESS =
      Set.of(
          "stash_type",
          "consumed_inputs",
          "is_test",
          "seed",
          "broadcast",
          "saturate",
          "round_mode");

  private final GraphBuilder graph;
  private final FileNode node;
  private final Set<Integer> taken = new HashSet<>();
  private final Set<Integer> channels = new HashSet<>();
  private final Set<String> asked = new HashSet<>(HARMLESS);

  NodeContext(GraphBuilder graph, FileNode node) {
    this.graph = graph;
    this.node = node;
  }

  FileNode node() {
    return node;
  }

  int opset() {
    return graph.opset();
  }

  /** Where constants go that a kernel makes. */
  Backend backend() {
    return graph.backend();
  }

  FormatException error(String expected, String found) {
    return graph.error(node.shown() + " with " + expected, found);
  }

  // ---- inputs and outputs ----

  /** Throws unless the node has so many inputs, of which the first {@code least} are not empty. */
  NodeContext inputs(int least, int most) throws FormatException {
    int n = node.inputs().size();
    boolean given = n >= least && n <= most;
    for (int i = 0; given && i < least; i++) {
      given = has(i);
    }
    if (!given) {
      throw error(least + " to " + most + " inputs", n + ": " + node.inputs());
    }
    return this;
  }

  boolean has(int i) {
    return i < node.inputs().size() && !node.inputs().get(i).isEmpty();
  }

  /** Throws when the first output is missing, or one beyond the first {@code most} is used. */
  NodeContext outputs(int most) throws FormatException {
    List<String> o = node.outputs();
    if (o.isEmpty() || o.get(0).isEmpty()) {
      throw error("a first output", o.toString());
    }
    return outputsUpTo(most);
  }

  /** Throws when an output beyond the first {@code most} is used. */
  NodeContext outputsUpTo(int most) throws FormatException {
    List<String> o = node.outputs();
    for (int i = most; i < o.size(); i++) {
      if (!o.get(i).isEmpty() && graph.isUsed(o.get(i))) {
        throw error("at most " + most + " outputs", "output " + i + " in use");
      }
    }
    return this;
  }

  /** A constant that the kernel does not need as an input; null where the input is left out. */
  FileTensor constant(int i, String what) throws FormatException {
    if (!has(i)) {
      return null;
    }
    FileTensor t = graph.constant(node.inputs().get(i));
    if (t == null) {
      throw error("a constant " + what, OnnxFile.shown(node.inputs().get(i)) + ", a computed one");
    }
    taken.add(i);
    return t;
  }

  /** The constant behind an input, which the kernel gets all the same; null where it is none. */
  FileTensor peek(int i) {
    return has(i) ? graph.constant(node.inputs().get(i)) : null;
  }

  /** A constant number, or what stands for it when it is left out. */
  double number(int i, String what, double otherwise) throws FormatException {
    FileTensor t = constant(i, what);
    if (t != null && t.shape().size() != 1) {
      throw error("one number as " + what, t.shape().toString());
    }
    return t == null ? otherwise : t.number();
  }

  /** Asks for an input, if it is a weight, with its axis 1 at the end. */
  NodeContext channelsLast(int i) {
    channels.add(i);
    return this;
  }

  boolean isTaken(int i) {
    return taken.contains(i);
  }

  boolean wantsChannelsLast(int i) {
    return channels.contains(i);
  }

  /** Makes a layer part of the module, named after one of its weights. */
  <M extends Module> M layer(M layer, int weight) {
    String name = weight < 0 ? "" : node.inputs().get(weight);
    int dot = name.lastIndexOf('.');
    return graph.layer(dot > 0 ? name.substring(0, dot) : ownName(), layer);
  }

  private String ownName() {
    String own = node.name().isEmpty() ? node.outputs().get(0) : node.name();
    return own.replace('.', '_');
  }

  // ---- attributes ----

  private FileAttribute attribute(String name, FileAttribute.Kind kind) throws FormatException {
    asked.add(name);
    FileAttribute a = node.attributes().get(name);
    if (a != null && a.kind() != kind) {
      throw error("attribute " + name + " as " + kind, a.kind().toString());
    }
    return a;
  }

  /** Throws when the node has an attribute that its operator did not ask for. */
  void requireAllAsked() throws FormatException {
    for (String a : node.attributes().keySet()) {
      if (!asked.contains(a)) {
        throw error("attributes that are supported", OnnxFile.shown(a));
      }
    }
  }

  boolean hasAttribute(String name) {
    asked.add(name);
    return node.attributes().containsKey(name);
  }

  int integer(String name, int otherwise) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.INTEGER);
    if (a != null && a.integer() != (int) a.integer()) {
      throw error("attribute " + name + " in -2^31 to 2^31 - 1", Long.toString(a.integer()));
    }
    return a == null ? otherwise : (int) a.integer();
  }

  boolean flag(String name, boolean otherwise) throws FormatException {
    return integer(name, otherwise ? 1 : 0) != 0;
  }

  double number(String name, double otherwise) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.NUMBER);
    return a == null ? otherwise : a.number();
  }

  String text(String name, String otherwise) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.TEXT);
    return a == null ? otherwise : a.text();
  }

  List<String> texts(String name) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.TEXTS);
    return a == null ? null : a.texts();
  }

  FileTensor tensor(String name) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.TENSOR);
    return a == null ? null : a.tensor();
  }

  float[] numbers(String name) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.NUMBERS);
    return a == null ? null : a.numbers();
  }

  /** The integers of an attribute; null where it is left out. */
  long[] longs(String name) throws FormatException {
    FileAttribute a = attribute(name, FileAttribute.Kind.INTEGERS);
    return a == null ? null : a.integers();
  }

  /** As {@link #longs}, in the range of int. */
  int[] integers(String name) throws FormatException {
    long[] v = longs(name);
    if (v == null) {
      return null;
    }
    for (long x : v) {
      if (x != (int) x) {
        throw error("attribute " + name + " in -2^31 to 2^31 - 1", Long.toString(x));
      }
    }
    return Arrays.stream(v).mapToInt(x -> (int) x).toArray();
  }
}
