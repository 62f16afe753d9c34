package org.jacana.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The buffers of one training step.
 *
 * @param events in order: a buffer's number where it is made, its complement where it is freed
 * @param sizes bytes by number
 * @param gradients numbers of the parameters' gradients
 * @param forward events of the forward pass
 * @param backward events of the forward and the backward pass
 */
record StepTrace(
    List<Integer> events, List<Long> sizes, Set<Integer> gradients, int forward, int backward) {

  /** Whether two steps differ in the buffers' sizes only. */
  boolean alike(StepTrace other) {
    return events.equals(other.events)
        && gradients.equals(other.gradients)
        && forward == other.forward
        && backward == other.backward;
  }

  /** The step at another batch size, given those at {@code b} and at {@code b + 1}. */
  static StepTrace extrapolate(StepTrace one, int b, StepTrace next, int batch) {
    List<Long> sizes = new ArrayList<>();
    for (int i = 0; i < one.sizes.size(); i++) {
      long s = one.sizes.get(i);
      sizes.add(s + (next.sizes.get(i) - s) * (batch - b));
    }
    return new StepTrace(one.events, sizes, one.gradients, one.forward, one.backward);
  }

  /** What is live most, beside {@code parameters} and {@code optimizer} bytes. */
  StepMemory memory(int batch, long parameters, long optimizer) {
    long live = 0;
    long most = 0;
    int at = 0;
    for (int i = 0; i < events.size(); i++) {
      int e = events.get(i);
      live += e >= 0 ? sizes.get(e) : -sizes.get(~e);
      if (live > most) {
        most = live;
        at = i + 1;
      }
    }
    Set<Integer> open = open(at);
    Set<Integer> kept = open(forward);
    kept.retainAll(open);
    open.retainAll(gradients);
    kept.removeAll(open);
    long grads = bytes(open);
    long activations = bytes(kept);
    return new StepMemory(
        batch,
        parameters + optimizer + most,
        parameters,
        optimizer,
        grads,
        activations,
        most - grads - activations,
        at <= forward
            ? StepMemory.Phase.FORWARD
            : at <= backward ? StepMemory.Phase.BACKWARD : StepMemory.Phase.UPDATE);
  }

  /** Buffers that are there after so many events. */
  private Set<Integer> open(int after) {
    Set<Integer> open = new HashSet<>();
    for (int e : events.subList(0, after)) {
      if (e >= 0) {
        open.add(e);
      } else {
        open.remove(~e);
      }
    }
    return open;
  }

  private long bytes(Set<Integer> numbers) {
    return numbers.stream().mapToLong(sizes::get).sum();
  }
}
