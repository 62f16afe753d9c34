/**
 * Minimising functions of a tensor: gradient descent to Newton, least squares, constraints, and
 * terms that cannot be differentiated. The vectors of the algorithms are doubles on the host; the
 * functions are Tensor code and run on the start's device.
 */
package org.jacana.optim.minimize;
