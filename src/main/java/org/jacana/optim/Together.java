package org.jacana.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.backend.Backend.Slots;

/** Parameters that one kernel may change together, with their gradients. */
record Together(List<Parameter> parameters, List<Tensor> gradients) {
  /** Sorts the parameters that have a gradient, in order of the first of each kind. */
  static Iterable<Together> of(List<Parameter> all, List<Tensor> gradients) {
    Map<List<Object>, Together> kinds = new LinkedHashMap<>();
    for (int i = 0; i < all.size(); i++) {
      if (gradients.get(i) != null) {
        Parameter p = all.get(i);
        List<Object> kind =
            Arrays.asList(p.value.backend(), p.group, p.learningRate(), p.numbers(), p.fresh);
        Together t =
            kinds.computeIfAbsent(kind, k -> new Together(new ArrayList<>(), new ArrayList<>()));
        t.parameters.add(p);
        t.gradients.add(gradients.get(i));
      }
    }
    return kinds.values();
  }

  Device device() {
    return parameters.get(0).value.device();
  }

  /** What a kernel sees of them; first and second name slots, or are null. */
  static List<Slots> slots(
      List<Parameter> parameters, List<Tensor> gradients, String first, String second) {
    List<Slots> out = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Parameter p = parameters.get(i);
      out.add(
          new Slots(
              p.value().view(),
              gradients.get(i).view(),
              first == null ? null : p.slot(first).view(),
              second == null ? null : p.slot(second).view()));
    }
    return out;
  }

  /** Counts the writes that a kernel has made. */
  static void changed(List<Parameter> parameters) {
    parameters.forEach(p -> p.value().view().buffer().changed());
  }
}
