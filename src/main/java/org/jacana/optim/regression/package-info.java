/**
 * Linear models by least squares and maximum likelihood, with and without penalties. Fits are
 * computed in doubles and hold no device memory.
 */
package org.jacana.optim.regression;
