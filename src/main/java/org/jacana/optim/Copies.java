package org.jacana.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** Owned copies of tensors, beside the originals. */
final class Copies implements AutoCloseable {
  final List<Tensor> originals;
  final List<Tensor> copies = new ArrayList<>();

  /** Copies of the same types; or, precise, in F32 for types smaller than that. */
  Copies(String who, List<Tensor> originals, boolean precise) {
    if (originals.isEmpty()) {
      throw new IllegalArgumentException(who + ": there are no parameters");
    }
    for (int i = 0; i < originals.size(); i++) {
      originals.get(i).requireOpen(who + ": parameter " + i, 0);
      if (precise && !originals.get(i).dtype().isFloat()) {
        throw new IllegalArgumentException(
            who + ": parameter " + i + " must have a float type, got " + originals.get(i).dtype());
      }
    }
    this.originals = List.copyOf(originals);
    try (Autograd.Mode off = Autograd.noGrad()) {
      for (Tensor t : originals) {
        try (Scope scope = Scope.open(t.device())) {
          DType type = !precise || t.dtype() == DType.F64 ? t.dtype() : DType.F32;
          Tensor same = t.detach().to(type);
          copies.add(Scope.release(same.copy()));
        }
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Writes the copies over the originals. */
  void restore() {
    for (int i = 0; i < copies.size(); i++) {
      originals.get(i).assign(copies.get(i));
    }
  }

  Map<String, Tensor> named(String name) {
    Map<String, Tensor> m = new LinkedHashMap<>();
    for (int i = 0; i < copies.size(); i++) {
      m.put(i + "." + name, copies.get(i));
    }
    return m;
  }

  /** Checks that tensors saved by {@link #named} fit. */
  void require(String who, String name, Map<String, Tensor> saved) {
    if (!saved.keySet().equals(named(name).keySet())) {
      throw new IllegalArgumentException(
          who + ": the state needs " + named(name).keySet() + ", got " + saved.keySet());
    }
    named(name)
        .forEach(
            (key, mine) -> {
              Tensor t = saved.get(key);
              t.requireOpen(who + ": the state's '" + key + "'", 0);
              if (!t.shape().equals(mine.shape()) || !t.dtype().isFloat()) {
                throw new IllegalArgumentException(
                    who
                        + ": the state's '"
                        + key
                        + "' must be a float tensor "
                        + mine.shape()
                        + ", got "
                        + t.dtype()
                        + " "
                        + t.shape());
              }
            });
  }

  void load(String name, Map<String, Tensor> saved) {
    named(name).forEach((key, mine) -> mine.assign(saved.get(key)));
  }

  @Override
  public void close() {
    copies.forEach(Tensor::close);
  }
}
