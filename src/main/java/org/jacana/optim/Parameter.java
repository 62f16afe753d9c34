package org.jacana.optim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;

/** A trained tensor with what its optimizer remembers about it. */
public final class Parameter {
  final Tensor value;
  final Group group;
  final Map<String, Tensor> slots = new LinkedHashMap<>();
  long steps;
  boolean fresh;
  private Tensor rate;

  Parameter(Tensor value, Group group) {
    this.value = value;
    this.group = group;
  }

  private DType accumulator() {
    return value.dtype() == DType.F64 ? DType.F64 : DType.F32;
  }

  Tensor zeros() {
    try (Scope scope = Scope.open(value.device())) {
      return Scope.release(Tensor.zeros(accumulator(), value.shape().dims()));
    }
  }

  void prepare(List<String> names, double learningRate) {
    rate = group.rate(value.backend(), accumulator(), learningRate);
    for (String name : names) {
      if (!slots.containsKey(name)) {
        slots.put(name, zeros());
        fresh = true;
      }
    }
  }

  /** The tensor to change, with {@link Tensor#assign}. */
  public Tensor value() {
    return value;
  }

  /** A running average in F32, or in F64 for an F64 parameter; changed with assign. */
  public Tensor slot(String name) {
    return slots.get(name);
  }

  /** Whether the slots were made for this step. */
  public boolean fresh() {
    return fresh;
  }

  /** The number of this step, from 1; steps without a gradient are not counted. */
  public long step() {
    return steps;
  }

  /** The learning rate as a scalar on the parameter's device. */
  public Tensor learningRate() {
    return rate;
  }

  public double weightDecay() {
    return group.weightDecay;
  }
}
