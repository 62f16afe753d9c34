package org.jacana.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Module;

/** Copies a module's parameters and buffers out and in, by name. */
public final class ModuleState {
  private ModuleState() {}

  /** The parameters, then the buffers, themselves, by dotted name. */
  public static Map<String, Tensor> tensors(Module module) {
    Map<String, Tensor> all = new LinkedHashMap<>(module.namedParameters());
    all.putAll(module.namedBuffers());
    return all;
  }

  /** A copy of the parameters, then the buffers, by dotted name. */
  public static Map<String, StoredTensor> copy(Module module) {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    tensors(module).forEach((name, t) -> out.put(name, StoredTensor.of(t)));
    return out;
  }

  /**
   * Overwrites all parameters and buffers. Names, shapes and types must be the module's exactly;
   * where they are not, nothing is changed.
   *
   * @param from for messages: where the values come from
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape or type
   */
  public static void load(Module module, Map<String, StoredTensor> values, String from) {
    Map<String, Tensor> own = tensors(module);
    requireFit(module, own, values, from);
    try (Scope scope = Scope.open();
        Autograd.Mode off = Autograd.noGrad()) {
      own.forEach((name, t) -> t.assign(values.get(name).tensor(t.backend())));
    }
  }

  private static void requireFit(
      Module module, Map<String, Tensor> own, Map<String, StoredTensor> values, String from) {
    List<String> missing = new ArrayList<>(own.keySet());
    missing.removeAll(values.keySet());
    List<String> unexpected = new ArrayList<>(values.keySet());
    unexpected.removeAll(own.keySet());
    List<String> different = new ArrayList<>();
    own.forEach(
        (name, t) -> {
          StoredTensor v = values.get(name);
          if (v != null && !(v.shape().equals(t.shape()) && v.dtype() == t.dtype())) {
            different.add(
                name + " is " + v.dtype() + " " + v.shape() + ", not " + t.dtype() + " "
                    + t.shape());
          }
        });
    List<String> wrong = new ArrayList<>();
    add(wrong, "missing ", missing);
    add(wrong, "unexpected ", unexpected);
    add(wrong, "", different);
    if (!wrong.isEmpty()) {
      throw new IllegalArgumentException(
          from
              + ": the tensors are not those of "
              + module
              + ": "
              + String.join("; ", wrong)
              + "; load it into the model that it was saved from");
    }
  }

  private static void add(List<String> wrong, String what, List<String> names) {
    if (!names.isEmpty()) {
      String more = names.size() > 4 ? " and " + (names.size() - 4) + " more" : "";
      wrong.add(what + String.join(", ", names.subList(0, Math.min(4, names.size()))) + more);
    }
  }
}
