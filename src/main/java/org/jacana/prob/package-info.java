/**
 * Probability: distributions under the names of torch.distributions, divergences, maximum
 * likelihood, Bayes' rule, Monte Carlo, and the measures of information theory.
 */
package org.jacana.prob;
