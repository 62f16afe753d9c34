package org.jacana.backend;

/** A pointwise function of two arguments, by name and as plain Java. Predicates give 1 or 0. */
public interface BinaryKernel {
  /** The name by which backends find a faster form. */
  String kernel();

  double apply(double a, double b);
}
