package org.jacana.backend;

/** A pointwise function of one argument and up to two constants, by name and as plain Java. */
public interface UnaryKernel {
  /** The name by which backends find a faster form. */
  String kernel();

  double apply(double x, double p, double q);
}
