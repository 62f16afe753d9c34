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
    Scope scope = Scope.current();
    Tensor h = x;
    for (int i = 0; i < layers.size(); i++) {
      Tensor y = next(i, h);
      // What the scope does not own is the caller's input or something that a layer keeps.
      if (y != h && scope.owns(h)) {
        h.close();
      }
      h = y;
    }
    return h;
  }

  private Tensor next(int i, Tensor h) {
    try {
      return layers.get(i).apply(h);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("layer " + i + ": " + e.getMessage(), e);
    }
  }
}
