package org.jacana.nn;

import java.util.Arrays;
import java.util.List;
import org.jacana.Scope;
import org.jacana.Tensor;

/**
 * Modules one after the other, named by position: "0.weight". Each layer's output is closed as soon
 * as the next one exists, so a layer that needs its input later must hold a handle of its own.
 */
public final class Sequential extends Module {
  private final List<Module> layers;

  public Sequential(Module... layers) {
    this(Arrays.asList(layers));
  }

  public Sequential(List<? extends Module> layers) {
    for (int i = 0; i < layers.size(); i++) {
      child(Integer.toString(i), layers.get(i));
    }
    this.layers = List.copyOf(layers);
  }

  public List<Module> layers() {
    return layers;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return run(x, layers.size());
  }

  /** The output before the last layer. */
  Tensor applyButLast(Tensor x) {
    return call(x, () -> new Tensor[] {run(x, layers.size() - 1)})[0];
  }

  /** The output of the first {@code n} layers, in the current scope. */
  private Tensor run(Tensor x, int n) {
    Scope scope = Scope.current();
    List<Module> first = layers.subList(0, n);
    boolean fuse = Fusion.allowed();
    Tensor h = x;
    for (int i = 0, taken; i < n; i += taken) {
      taken = fuse ? Fusion.length(first, i) : 1;
      Tensor y = next(i, taken, h);
      // What the scope does not own is the caller's input or something that a layer keeps.
      if (y != h && scope.owns(h)) {
        h.close();
      }
      h = y;
    }
    return h;
  }

  private Tensor next(int i, int taken, Tensor h) {
    try {
      return taken == 1 ? layers.get(i).apply(h) : Fusion.apply(layers, i, taken, h);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("layer " + i + ": " + e.getMessage(), e);
    }
  }
}
