package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** No method that computes a tensor is without a row in {@link OpCases}. */
class EveryMethodHasRowsTest {
  private static final List<Class<?>> HOLDERS =
      List.of(
          Norms.class,
          Attention.class,
          Resize.class,
          AdaptivePool.class,
          Convolutions.class,
          Embeddings.class,
          Dropouts.class);

  private static boolean computes(Method m) {
    return Modifier.isPublic(m.getModifiers())
        && (m.getReturnType() == Tensor.class || m.getReturnType() == Tensor[].class);
  }

  @Test
  void methodsOfTensorsAndFunctionsOfLayers() {
    assumeTrue(System.getProperty("jacana.cases", "").isEmpty(), "only some rows are asked for");
    Set<String> rows =
        OpCases.all().stream()
            .map(c -> c.name().substring(0, c.name().indexOf('(') + 1))
            .collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    for (Class<?> part : Tensor.class.getInterfaces()) {
      for (Method m : part.getDeclaredMethods()) {
        if (part.isSealed()
            && computes(m)
            && !m.getName().equals("self")
            && !rows.contains(m.getName() + "(")) {
          missing.add(part.getSimpleName() + "." + m.getName());
        }
      }
    }
    for (Class<?> holder : HOLDERS) {
      for (Method m : holder.getDeclaredMethods()) {
        String name = holder.getSimpleName() + "." + m.getName();
        if (computes(m) && !rows.contains(name + "(")) {
          missing.add(name);
        }
      }
    }
    assertEquals(Set.of(), missing);
  }
}
