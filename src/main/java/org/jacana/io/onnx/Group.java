package org.jacana.io.onnx;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jacana.Tensor;
import org.jacana.nn.Module;

/** Gives parameters and layers of a graph their dotted names; computes nothing. */
final class Group extends Module {
  private final Set<String> own = new HashSet<>();
  private final Map<String, Group> groups = new HashMap<>();

  Tensor addParameter(String name, Tensor t) {
    own.add(name);
    return parameter(name, t);
  }

  Tensor addBuffer(String name, Tensor t) {
    own.add(name);
    return buffer(name, t);
  }

  <M extends Module> M add(String name, M layer) {
    own.add(name);
    return child(name, layer);
  }

  /** The group of this name, made if it is not there; null if the name is another thing's. */
  Group group(String name) {
    return has(name) ? groups.get(name) : groups.computeIfAbsent(name, n -> add(n, new Group()));
  }

  /** Whether a parameter, buffer or layer has the name. */
  boolean has(String name) {
    return own.contains(name);
  }

  @Override
  protected Tensor forward(Tensor x) {
    throw new UnsupportedOperationException("group: holds parameters only; call the graph");
  }
}
