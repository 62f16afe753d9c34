package org.jacana.nn;

import org.jacana.Tensor;

/**
 * What recurrent layers give for a sequence.
 *
 * @param outputs the last layer's output at every time step, [N, T, directions x hidden]
 * @param last the states after the last time step, or the first one for reversed directions
 */
public record RecurrentOutput(Tensor outputs, RecurrentState last) {}
