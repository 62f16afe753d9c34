package org.jacana.io;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Activation;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Dropout;
import org.jacana.nn.Flatten;
import org.jacana.nn.Identity;
import org.jacana.nn.LayerNorm;
import org.jacana.nn.Linear;
import org.jacana.nn.Module;
import org.jacana.nn.Prelu;
import org.jacana.nn.Residual;
import org.jacana.nn.RmsNorm;

/** Finds the layers that read what a {@link Flatten} joined, by running the model once. */
final class FlattenedFeatures {
  private final Map<Module, String> paths = new IdentityHashMap<>();

  /** Features in our order, and the axes that were joined. */
  private final Map<Tensor, int[]> joined = new IdentityHashMap<>();

  private final Map<String, int[]> found = new LinkedHashMap<>();

  private FlattenedFeatures(Module model) {
    model.namedModules().forEach((path, m) -> paths.putIfAbsent(m, path));
  }

  /**
   * The axes [.., channels] joined in the features of each layer that has a weight for each
   * feature.
   *
   * @param input the shape of one example, without the batch axis
   * @throws IllegalArgumentException if such features go into a module of which we do not know what
   *     it does with their order
   */
  static Map<String, int[]> of(Module model, int... input) {
    FlattenedFeatures f = new FlattenedFeatures(model);
    List<Tensor> parameters = model.parameters();
    if (parameters.isEmpty()) {
      return f.found;
    }
    Map<Module, Boolean> modes = new LinkedHashMap<>();
    model.namedModules().values().forEach(m -> modes.put(m, m.isTraining()));
    Tensor first = parameters.get(0);
    model.eval();
    try (Scope s = Scope.open(first.device());
        Autograd.Mode off = Autograd.noGrad()) {
      Tensor x = Tensor.zeros(first.dtype(), Shape.of(input).insert(0, 1).dims());
      Module.observe(f::called, () -> model.apply(x));
    } finally {
      // Outer modules come first and switch the inner ones too.
      modes.forEach(Module::train);
    }
    return f.found;
  }

  private void called(Module m, Tensor x, Tensor y) {
    if (m instanceof Flatten) {
      int[] axes = Arrays.copyOfRange(x.shape().dims(), 1, x.rank());
      // With one position the two orders are the same.
      if (x.size() > axes[axes.length - 1]) {
        joined.put(y, axes);
      }
      return;
    }
    int[] axes = joined.get(x);
    if (axes == null) {
      return;
    }
    if (m instanceof Linear) {
      note(m, axes);
    } else if (m instanceof BatchNorm || m instanceof LayerNorm || m instanceof RmsNorm) {
      note(m, axes);
      joined.put(y, axes);
    } else if (m instanceof Prelu p) {
      if (p.namedParameters().get("weight").size() > 1) {
        note(m, axes);
      }
      joined.put(y, axes);
    } else if (m instanceof Activation || m instanceof Dropout || m instanceof Identity) {
      joined.put(y, axes);
    } else if (m.children().isEmpty() || m instanceof Residual) {
      throw new IllegalArgumentException(
          "torchState: "
              + paths.get(m)
              + " ("
              + m
              + ") reads flattened features "
              + Arrays.toString(axes)
              + ", and what it does with their order is not known; leave out input(...) and name"
              + " the layers with flattened(...)");
    }
  }

  private void note(Module m, int[] axes) {
    String path = paths.get(m);
    int[] before = found.putIfAbsent(path, axes);
    if (before != null && !Arrays.equals(before, axes)) {
      throw new IllegalArgumentException(
          "torchState: "
              + path
              + " reads flattened features of two shapes, "
              + shown(before)
              + " and "
              + shown(axes));
    }
  }

  private static String shown(int[] axes) {
    return Arrays.stream(axes).mapToObj(Integer::toString).collect(Collectors.joining("x"));
  }
}
