package org.jacana.calculus;

/**
 * A number found by approximation.
 *
 * @param value the approximation
 * @param error an estimate of its absolute error, not a bound
 */
public record Estimate(double value, double error) {}
