package org.jacana.op;

import java.util.function.DoubleBinaryOperator;
import org.jacana.Tensor;
import org.jacana.backend.BinaryKernel;

/**
 * The pointwise functions of two arguments: a kernel's name, the function in plain Java, and its
 * two derivatives in tensor language (before broadcasting is undone).
 */
public enum Binary implements BinaryKernel {
  ADD(Type.SAME, Double::sum, (a, b, y, g) -> g, (a, b, y, g) -> g),
  SUB(Type.SAME, (a, b) -> a - b, (a, b, y, g) -> g, (a, b, y, g) -> g.neg()),
  MUL(Type.SAME, (a, b) -> a * b, (a, b, y, g) -> g.mul(b), (a, b, y, g) -> g.mul(a)),
  DIV(
      Type.FLOAT,
      (a, b) -> a / b,
      (a, b, y, g) -> g.div(b),
      (a, b, y, g) -> g.mul(a.div(b).div(b)).neg()),
  /** At ties each argument gets half of the gradient, as in PyTorch. */
  MAXIMUM(
      Type.SAME,
      Math::max,
      (a, b, y, g) -> Tensor.where(a.eq(b), g.mul(0.5), Tensor.where(a.gt(b), g, 0)),
      (a, b, y, g) -> Tensor.where(a.eq(b), g.mul(0.5), Tensor.where(b.gt(a), g, 0))),
  MINIMUM(
      Type.SAME,
      Math::min,
      (a, b, y, g) -> Tensor.where(a.eq(b), g.mul(0.5), Tensor.where(a.lt(b), g, 0)),
      (a, b, y, g) -> Tensor.where(a.eq(b), g.mul(0.5), Tensor.where(b.lt(a), g, 0))),
  POW(
      Type.FLOAT,
      Special::pow,
      (a, b, y, g) -> Tensor.where(b.ne(0), g.mul(b.mul(a.pow(b.sub(1)))), 0),
      (a, b, y, g) ->
          Tensor.where(a.eq(0).logicalAnd(b.ge(0)).logicalNot(), g.mul(a.pow(b).mul(a.log())), 0)),
  ATAN2(
      Type.FLOAT,
      Math::atan2,
      (a, b, y, g) -> g.mul(b).div(a.square().add(b.square())),
      (a, b, y, g) -> g.mul(a).div(a.square().add(b.square())).neg()),
  /** The remainder with the divisor's sign (Python's %). */
  REMAINDER(
      Type.SAME,
      Special::remainder,
      (a, b, y, g) -> g,
      (a, b, y, g) -> g.mul(a.div(b).floor()).neg()),
  /** 0 where b <= 0, else a: the gradient of ReLU from its output b. */
  RELU_GRAD(
      Type.SAME, (a, b) -> b <= 0 ? 0 : a, (a, b, y, g) -> g.reluGrad(b), (a, b, y, g) -> null),
  EQ((a, b) -> a == b ? 1 : 0),
  NE((a, b) -> a != b ? 1 : 0),
  LT((a, b) -> a < b ? 1 : 0),
  LE((a, b) -> a <= b ? 1 : 0),
  GT((a, b) -> a > b ? 1 : 0),
  GE((a, b) -> a >= b ? 1 : 0),
  LOGICAL_AND((a, b) -> a != 0 && b != 0 ? 1 : 0),
  LOGICAL_OR((a, b) -> a != 0 || b != 0 ? 1 : 0),
  LOGICAL_XOR((a, b) -> a != 0 ^ b != 0 ? 1 : 0);

  /** The type of the result, after promotion of the arguments. */
  enum Type {
    SAME,
    FLOAT,
    BOOL
  }

  /** The gradient of one argument; null where it is zero everywhere. */
  interface Rule {
    Tensor apply(Tensor a, Tensor b, Tensor y, Tensor g);
  }

  final Type type;
  private final DoubleBinaryOperator function;
  final Rule left;
  final Rule right;
  private final String kernel = name().toLowerCase(java.util.Locale.ROOT);

  Binary(Type type, DoubleBinaryOperator f, Rule left, Rule right) {
    this.type = type;
    this.function = f;
    this.left = left;
    this.right = right;
  }

  Binary(DoubleBinaryOperator predicate) {
    this(Type.BOOL, predicate, (a, b, y, g) -> null, (a, b, y, g) -> null);
  }

  /** Whether the rules read argument i. */
  boolean reads(int i) {
    return switch (this) {
      case ADD, SUB -> false;
      case RELU_GRAD -> i == 1;
      default -> true;
    };
  }

  @Override
  public String kernel() {
    return kernel;
  }

  @Override
  public double apply(double a, double b) {
    return function.applyAsDouble(a, b);
  }
}
