package org.jacana.io.onnx;

import org.jacana.Tensor;
import org.jacana.nn.Module;

/**
 * Registers what a graph owns under the names of the file: {@code layer1.0.weight} becomes weight
 * in group 0 in group layer1. A name that cannot be is changed: empty parts become _, and a second
 * use gets a number. Below 16 levels, only the last part counts.
 */
final class Names {
  private final Group root;

  Names(Group root) {
    this.root = root;
  }

  private interface Place<T> {
    T put(Group group, String name);
  }

  private <T> T place(String dotted, Place<T> what) {
    String[] parts = dotted.split("\\.", -1);
    Group g = root;
    for (int i = 0; i < parts.length - 1 && i < 16; i++) {
      Group next = g.group(clean(parts[i]));
      if (next == null) {
        return what.put(g, free(g, dotted.replace('.', '_')));
      }
      g = next;
    }
    return what.put(g, free(g, clean(parts[parts.length - 1])));
  }

  private static String clean(String part) {
    return part.isEmpty() ? "_" : part;
  }

  private static String free(Group g, String name) {
    String free = clean(name);
    for (int i = 1; g.has(free); i++) {
      free = name + "_" + i;
    }
    return free;
  }

  Tensor parameter(String name, Tensor t) {
    return place(name, (g, n) -> g.addParameter(n, t));
  }

  Tensor buffer(String name, Tensor t) {
    return place(name, (g, n) -> g.addBuffer(n, t));
  }

  <M extends Module> M layer(String name, M layer) {
    return place(name, (g, n) -> g.add(n, layer));
  }
}
