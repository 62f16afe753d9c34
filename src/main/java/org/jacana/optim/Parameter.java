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
  Tensor numbers;
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

  /**
   * The number of this step, from 1; steps without a gradient are not counted.
   *
   * @throws IllegalStateException while a step is recorded, because it is another at each replay
   */
  public long step() {
    if (value.backend().capturing()) {
      throw new IllegalStateException(
          "this optimizer's update depends on the number of the step in a way that cannot be"
              + " recorded; do not record the step");
    }
    return steps;
  }

  /** The optimizer's {@link Optimizer#stepNumbers} on the parameter's device, F64; or null. */
  public Tensor numbers() {
    return numbers;
  }

  /** The learning rate as a scalar on the parameter's device. */
  public Tensor learningRate() {
    return rate;
  }

  public double weightDecay() {
    return group.weightDecay;
  }

  /** The value in the precision of the slots. */
  Tensor exact() {
    return exact(value);
  }

  /** A gradient in the precision of the slots. */
  Tensor exact(Tensor g) {
    return g.to(accumulator());
  }

  /** The gradient in the precision of the slots with decay's part added: g + decay w. */
  Tensor decayed(Tensor g) {
    Tensor d = exact(g);
    return group.weightDecay == 0 ? d : d.add(exact().mul(group.weightDecay));
  }

  /** The value less decoupled decay's part: w - rate decay w. */
  Tensor shrunk() {
    Tensor w = exact();
    return group.weightDecay == 0 ? w : w.sub(w.mul(rate).mul(group.weightDecay));
  }

  /** Updates a running average, slot = keep slot + (1 - keep) x, and returns it. */
  Tensor average(String name, double keep, Tensor x) {
    Tensor t = slot(name);
    t.assign(t.mul(keep).add(x.mul(1 - keep)));
    return t;
  }
}
