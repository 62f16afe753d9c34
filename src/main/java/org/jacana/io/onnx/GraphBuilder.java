package org.jacana.io.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.data.FormatException;
import org.jacana.nn.Module;

/** Makes the module of a file. */
final class GraphBuilder {
  /** A node's kernel and the names of its inputs (null where it does without) and outputs. */
  record Step(String shown, Kernel kernel, String[] inputs, String[] outputs) {}

  private final OnnxFile file;
  private final Backend backend;
  private final Group root = new Group();
  private final Names names = new Names(root);
  private final Map<String, FileTensor> constants;
  private final Map<String, String> aliases = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Value> held = new LinkedHashMap<>();
  private final List<Step> steps = new ArrayList<>();

  private GraphBuilder(OnnxFile file, Backend backend) {
    this.file = file;
    this.backend = backend;
    constants = new LinkedHashMap<>(file.initializers());
    file.nodes().forEach(n -> used.addAll(n.inputs()));
    file.outputs().forEach(o -> used.add(o.name()));
  }

  /** The module, on the device of the innermost scope. */
  static GraphModule build(OnnxFile file, boolean channelsLast) throws FormatException {
    Backend backend;
    try (Tensor here = Scope.release(Tensor.zeros(0))) {
      backend = here.backend();
    }
    GraphBuilder b = new GraphBuilder(file, backend);
    boolean done = false;
    try (Scope scope = Scope.open(backend.device());
        Autograd.Mode off = Autograd.noGrad()) {
      b.requireSupported();
      for (FileNode n : file.nodes()) {
        b.add(n);
      }
      for (FileValue o : file.outputs()) {
        b.hold(b.resolve(o.name()), false);
      }
      GraphModule m = new GraphModule(b.root, file, b.steps, b.held, b.aliases, channelsLast);
      done = true;
      return m;
    } finally {
      if (!done) {
        b.root.close();
      }
    }
  }

  int opset() {
    return file.opset();
  }

  Backend backend() {
    return backend;
  }

  FormatException error(String expected, String found) {
    return new FormatException(file.file(), expected, found, Fields.FIX);
  }

  boolean isUsed(String name) {
    return used.contains(name);
  }

  private String resolve(String name) {
    return aliases.getOrDefault(name, name);
  }

  FileTensor constant(String name) {
    return constants.get(resolve(name));
  }

  <M extends Module> M layer(String name, M layer) {
    return names.layer(name, layer);
  }

  private void requireSupported() throws FormatException {
    Map<String, String> unknown = new LinkedHashMap<>();
    for (FileNode n : file.nodes()) {
      if (!n.domain().isEmpty() || !Operators.has(n.type())) {
        unknown.putIfAbsent(n.domain() + n.type(), n.shown());
      }
    }
    if (!unknown.isEmpty()) {
      throw new FormatException(
          file.file(),
          "supported operators (" + String.join(", ", Operators.names()) + ")",
          String.join(", ", unknown.values()),
          "export the model without it");
    }
  }

  private void add(FileNode n) throws FormatException {
    NodeContext c = new NodeContext(this, n);
    if (n.type().equals("Constant")) {
      constants.put(n.outputs().get(0), Constants.of(c).named(n.outputs().get(0)));
      return;
    }
    if (n.type().equals("Identity") && constant(c.inputs(1, 1).node().inputs().get(0)) != null) {
      aliases.put(c.outputs(1).node().outputs().get(0), resolve(n.inputs().get(0)));
      return;
    }
    Kernel kernel;
    try {
      kernel = Operators.of(n.type()).build(c);
      c.requireAllAsked();
    } catch (IllegalArgumentException e) {
      throw c.error("valid attributes and weights", String.valueOf(e.getMessage()));
    }
    String[] inputs = new String[n.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      if (c.has(i) && !c.isTaken(i)) {
        inputs[i] = resolve(n.inputs().get(i));
        hold(inputs[i], c.wantsChannelsLast(i));
      }
    }
    steps.add(new Step(n.shown(), kernel, inputs, n.outputs().toArray(String[]::new)));
  }

  /** Makes a constant a value of the module when it is first needed as a tensor. */
  private void hold(String name, boolean channelsLast) {
    FileTensor t = constants.get(name);
    if (t == null || held.containsKey(name)) {
      return;
    }
    if (!t.isTensor()) {
      held.put(name, Value.of(Whole.of(t)));
      return;
    }
    Tensor v = t.stored().tensor(backend);
    int rank = v.rank();
    boolean last = channelsLast && rank >= 3;
    Tensor ordered = last ? v.permute(Value.toLast(rank)).copy() : v;
    boolean trained = file.initializers().containsKey(name) && t.type().isFloat() && rank > 0;
    Tensor own = trained ? names.parameter(name, ordered) : names.buffer(name, ordered);
    held.put(name, last ? Value.last(own) : Value.of(own));
  }
}
