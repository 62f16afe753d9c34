package org.jacana.linalg;

import org.jacana.Tensor;

/** Complex numbers as a pair of tensors of one shape. */
public record Complex(Tensor real, Tensor imag) {}
