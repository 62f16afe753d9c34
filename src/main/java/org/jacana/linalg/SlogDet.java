package org.jacana.linalg;

import org.jacana.Tensor;

/** A determinant as sign exp(logabsdet); 0 and -inf for a singular matrix. */
public record SlogDet(Tensor sign, Tensor logabsdet) {}
