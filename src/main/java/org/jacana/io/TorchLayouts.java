package org.jacana.io;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.nn.Conv1d;
import org.jacana.nn.Conv2d;
import org.jacana.nn.ConvTranspose2d;
import org.jacana.nn.LayerNorm;
import org.jacana.nn.Linear;
import org.jacana.nn.LoraConv2d;
import org.jacana.nn.Module;

/** How each tensor of a module is laid out in PyTorch. */
final class TorchLayouts {
  private final Module module;
  private final Map<String, Tensor> tensors;
  private final Map<String, Module> modules;
  private final Map<String, Relayout> layouts = new LinkedHashMap<>();

  /** What axes of tensors are joined of. */
  private final Map<String, Map<Integer, int[]>> parts = new LinkedHashMap<>();

  TorchLayouts(Module module) {
    this.module = module;
    tensors = ModuleState.tensors(module);
    modules = module.namedModules();
    tensors.forEach((name, t) -> layouts.put(name, usual(name, t.shape())));
  }

  /** Parameters and buffers by our names. */
  Map<String, Tensor> tensors() {
    return tensors;
  }

  Relayout of(String name) {
    return layouts.get(name);
  }

  private Relayout usual(String name, Shape shape) {
    Module m = modules.get(name.substring(0, Math.max(0, name.lastIndexOf('.'))));
    boolean filter =
        m instanceof Conv2d
            || m instanceof ConvTranspose2d
            || m instanceof Conv1d
            || m instanceof LoraConv2d;
    if (filter && shape.rank() > 2) {
      return filter(shape);
    }
    return m instanceof LayerNorm && shape.rank() == 3
        ? Relayout.permuted(shape, 2, 0, 1)
        : Relayout.same(shape);
  }

  private static Relayout filter(Shape shape) {
    return shape.rank() == 4
        ? Relayout.permuted(shape, 0, 3, 1, 2)
        : Relayout.permuted(shape, 0, 2, 1);
  }

  void filter(String name) {
    Tensor t = tensors.get(name);
    if (t == null || t.rank() < 3 || t.rank() > 4) {
      throw new IllegalArgumentException(
          "torchState: a filter has 3 or 4 axes, but '"
              + name
              + "' "
              + (t == null ? "is no tensor of " + module : "is " + t.shape()));
    }
    layouts.put(name, filter(t.shape()));
  }

  void flattened(String layer, int... axes) {
    Module m = layer(layer);
    join(layer, axes, m instanceof Linear ? "weight" : null, m instanceof Linear ? 1 : 0);
  }

  void unflattened(String layer, int... axes) {
    if (!(layer(layer) instanceof Linear)) {
      throw new IllegalArgumentException("torchState: '" + layer + "' is no Linear");
    }
    join(layer, axes, null, 0);
  }

  private Module layer(String path) {
    Module m = modules.get(path);
    if (m == null) {
      throw new IllegalArgumentException(
          "torchState: there is no '"
              + path
              + "' in "
              + module
              + "; its modules are "
              + modules.keySet());
    }
    return m;
  }

  /** Joins axes of one tensor of a layer, or of all. */
  private void join(String layer, int[] axes, String only, int axis) {
    int features = Math.toIntExact(Shape.of(axes).size());
    String prefix = layer.isEmpty() ? "" : layer + ".";
    for (String name : tensors.keySet()) {
      boolean here = name.startsWith(prefix) && name.indexOf('.', prefix.length()) < 0;
      if (here && (only == null || name.equals(prefix + only))) {
        Shape shape = tensors.get(name).shape();
        if (axes.length < 2 || shape.rank() <= axis || shape.dim(axis) != features) {
          throw new IllegalArgumentException(
              "torchState: "
                  + Arrays.toString(axes)
                  + " has "
                  + features
                  + " features but "
                  + name
                  + " is "
                  + shape
                  + "; give the axes of one example, channels last");
        }
        parts.computeIfAbsent(name, n -> new TreeMap<>(Comparator.reverseOrder())).put(axis, axes);
        layouts.put(name, joined(shape, parts.get(name)));
      }
    }
  }

  /** The last axis first, since taking an axis apart moves those behind it. */
  private static Relayout joined(Shape shape, Map<Integer, int[]> parts) {
    Relayout layout = Relayout.same(shape);
    for (Map.Entry<Integer, int[]> e : parts.entrySet()) {
      layout = layout.joined(e.getKey(), e.getValue());
    }
    return layout;
  }
}
