package org.jacana.nn;

import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/** What comes out of the layers inside a model for an input, in eval mode and without recording. */
public final class LayerOutputs {
  private LayerOutputs() {}

  /**
   * The output of every module by its dotted name, in the order in which they finished; the model's
   * own is named "". Of a module that runs several times it is the last one. The tensors belong to
   * the caller's scope.
   */
  public static Map<String, Tensor> of(Module model, Tensor x) {
    Map<Module, String> names = new IdentityHashMap<>();
    model.namedModules().forEach((name, m) -> names.putIfAbsent(m, name));
    Map<String, Tensor> seen = new LinkedHashMap<>();
    run(
        model,
        x,
        (m, in, y) -> {
          if (names.containsKey(m)) {
            Tensor before = seen.put(names.get(m), Scope.release(y.detach()));
            if (before != null) {
              before.close();
            }
          }
        },
        seen);
    seen.replaceAll((name, y) -> handOver(y));
    return seen;
  }

  /**
   * The output of one layer.
   *
   * @param layer its dotted name, as in {@link Module#namedModules()}
   * @throws IllegalArgumentException if there is no such layer or it does not run
   */
  public static Tensor of(Module model, String layer, Tensor x) {
    Module wanted = find("layerOutputs", model, layer);
    Map<String, Tensor> seen = new LinkedHashMap<>();
    run(
        model,
        x,
        (m, in, y) -> {
          if (m == wanted) {
            Tensor before = seen.put(layer, Scope.release(y.detach()));
            if (before != null) {
              before.close();
            }
          }
        },
        seen);
    if (seen.isEmpty()) {
      throw new IllegalArgumentException(
          "layerOutputs: layer '" + layer + "' did not run for this input");
    }
    return handOver(seen.get(layer));
  }

  private static void run(
      Module model, Tensor x, Module.Observer observer, Map<String, Tensor> seen) {
    try (EvalMode eval = new EvalMode(model);
        Autograd.Mode off = Autograd.noGrad();
        Scope scope = Scope.open(x.device())) {
      Module.observe(observer, () -> model.apply(x));
    } catch (RuntimeException e) {
      seen.values().forEach(Tensor::close);
      throw e;
    }
  }

  /** The same value as a tensor of the innermost scope. */
  private static Tensor handOver(Tensor y) {
    try (y) {
      return y.detach();
    }
  }

  static Module find(String op, Module model, String layer) {
    Map<String, Module> modules = model.namedModules();
    Module found = modules.get(layer);
    if (found == null) {
      throw new IllegalArgumentException(
          op + ": the model has no layer '" + layer + "'; it has " + modules.keySet());
    }
    return found;
  }
}
