package org.jacana.op;

import java.util.function.Function;
import org.jacana.DType;
import org.jacana.Tensor;

/**
 * A row of the table of operations: what is computed, from which inputs, and how exact it must be.
 *
 * @param name the method's signature, a space, and the sample
 * @param kind which column of tolerances holds
 * @param terms how many products are summed for one element
 * @param order to which order derivatives are checked, 0 for none
 * @param chained whether the function calls several methods, whose results between it cannot close
 * @param large whether it is too large for difference quotients
 */
record OpCase(
    String name,
    Function<Values, Arg[]> inputs,
    Function<Tensor[], Tensor> f,
    Kind kind,
    int terms,
    int order,
    boolean chained,
    boolean large) {

  /** Columns of the table of tolerances. */
  enum Kind {
    EXACT(0, 0),
    ELEMENTWISE(1e-14, 2e-7),
    TRANSCENDENTAL(1e-13, 2e-6),
    REDUCTION(1e-12, 1e-6),
    /** Times the square root of the number of products. */
    PRODUCT(1e-14, 2e-7);

    final double f64;
    final double f32;

    Kind(double f64, double f32) {
      this.f64 = f64;
      this.f32 = f32;
    }
  }

  static OpCase row(String name, Function<Values, Arg[]> in, Function<Tensor[], Tensor> f) {
    return new OpCase(name, in, f, Kind.ELEMENTWISE, 1, 2, false, false);
  }

  static Arg[] args(Arg... a) {
    return a;
  }

  /** The method's signature. */
  String method() {
    return name.substring(0, name.indexOf(' '));
  }

  Arg[] arguments() {
    return inputs.apply(new Values(name.hashCode()));
  }

  double tolerance(DType t) {
    return (t == DType.F64 ? kind.f64 : kind.f32) * Math.sqrt(terms);
  }

  OpCase kind(Kind k) {
    return new OpCase(name, inputs, f, k, terms, order, chained, large);
  }

  OpCase exact() {
    return kind(Kind.EXACT);
  }

  OpCase transcendental() {
    return kind(Kind.TRANSCENDENTAL);
  }

  OpCase reduction() {
    return kind(Kind.REDUCTION);
  }

  OpCase product(int k) {
    return new OpCase(name, inputs, f, Kind.PRODUCT, k, order, chained, large);
  }

  OpCase order(int n) {
    return new OpCase(name, inputs, f, kind, terms, n, chained, large);
  }

  /** Widens the tolerance by the square root of n. */
  OpCase terms(int n) {
    return new OpCase(name, inputs, f, kind, n, order, chained, large);
  }

  /** A result without a gradient. */
  OpCase constant() {
    return exact().order(0);
  }

  OpCase inSteps() {
    return new OpCase(name, inputs, f, kind, terms, order, true, large);
  }

  OpCase big() {
    return new OpCase(name, inputs, f, kind, terms, order, chained, true);
  }

  @Override
  public String toString() {
    return name;
  }
}
