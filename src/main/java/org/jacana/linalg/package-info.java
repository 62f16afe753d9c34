/**
 * Linear algebra: decompositions, solvers, norms, projections, operators without matrices,
 * principal components, sparse matrices, and the curvature of losses.
 */
package org.jacana.linalg;
