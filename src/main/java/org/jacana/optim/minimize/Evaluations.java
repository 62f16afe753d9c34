package org.jacana.optim.minimize;

/**
 * How often things were computed.
 *
 * @param functions values of the function, those beside a gradient included
 * @param gradients gradients
 * @param hessians Hessian matrices
 * @param products Hessian-vector products
 */
public record Evaluations(int functions, int gradients, int hessians, int products) {}
