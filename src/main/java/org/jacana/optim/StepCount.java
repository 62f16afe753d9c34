package org.jacana.optim;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;
import org.jacana.Tensor;

/**
 * Counts the steps of parameters and keeps the numbers that depend on the count on the device, one
 * tensor for all parameters of a group that have seen equally many steps. A step that is being
 * recorded is not counted; its replays are.
 */
final class StepCount {
  private final String name;
  private final LongFunction<double[]> numbers;
  private List<Parameter> last = List.of();
  private List<Parameter> recorded = List.of();

  StepCount(String name, LongFunction<double[]> numbers) {
    this.name = name;
    this.numbers = numbers;
  }

  /** Before the parameters of a step are changed. */
  void begin(List<Parameter> taking) {
    if (taking.stream().anyMatch(p -> p.value.backend().capturing())) {
      if (!taking.equals(last) || taking.stream().anyMatch(p -> p.fresh)) {
        throw new IllegalStateException(
            name
                + ": a step can be recorded after one that trained the same parameters has run; run"
                + " the step once before recording it");
      }
      recorded = List.copyOf(taking);
      return;
    }
    taking.forEach(p -> p.steps++);
    try {
      assign(taking);
      write(taking);
    } catch (RuntimeException | Error e) {
      taking.forEach(p -> p.steps--);
      throw e;
    }
    last = List.copyOf(taking);
  }

  private void assign(List<Parameter> taking) {
    double[] one = numbers.apply(1);
    if (one == null) {
      return;
    }
    Set<Tensor> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    Map<List<Object>, Tensor> shared = new HashMap<>();
    for (Parameter p : taking) {
      p.numbers =
          shared.computeIfAbsent(
              List.of(p.group, p.value.backend(), p.steps),
              k -> {
                Tensor t = p.group.numbers(p.value.backend(), one.length, taken);
                taken.add(t);
                return t;
              });
    }
  }

  private void write(List<Parameter> taking) {
    Set<Tensor> written = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Parameter p : taking) {
      if (p.numbers != null && written.add(p.numbers)) {
        p.numbers.write(numbers.apply(p.steps));
      }
    }
  }

  void beforeReplay() {
    recorded.forEach(p -> p.steps++);
    try {
      write(recorded);
    } catch (RuntimeException | Error e) {
      recorded.forEach(p -> p.steps--);
      throw e;
    }
  }

  /** After the counts were set from outside: a recorded step no longer fits. */
  void forget() {
    last = List.of();
    recorded = List.of();
  }
}
