package org.jacana.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.backend.Backend;

/** Parameters that share a factor on the learning rate and a weight decay. */
final class Group {
  double rateFactor;
  double weightDecay;

  /** The learning rate on each device and in each type that the parameters need it in. */
  final List<Tensor> rates = new ArrayList<>();

  /** Numbers that depend on the step, one tensor for each number of steps seen, F64. */
  final List<Tensor> numbers = new ArrayList<>();

  Group(double rateFactor, double weightDecay) {
    this.rateFactor = rateFactor;
    this.weightDecay = weightDecay;
  }

  Tensor rate(Backend backend, DType type, double rate) {
    for (Tensor t : rates) {
      if (t.backend() == backend && t.dtype() == type) {
        return t;
      }
    }
    try (Scope scope = Scope.open(backend.device())) {
      Tensor t = Scope.release(Tensor.full(type, rate * rateFactor));
      rates.add(t);
      return t;
    }
  }

  /** A tensor of those on a device that are not in {@code taken}. */
  Tensor numbers(Backend backend, int length, Set<Tensor> taken) {
    for (Tensor t : numbers) {
      if (t.backend() == backend && t.size() == length && !taken.contains(t)) {
        return t;
      }
    }
    try (Scope scope = Scope.open(backend.device())) {
      Tensor t = Scope.release(Tensor.zeros(DType.F64, length));
      numbers.add(t);
      return t;
    }
  }
}
