/**
 * Calculus: numeric derivatives and integrals, Taylor polynomials, the operators of vector calculus
 * and symbolic expressions, which can be read off a function written with tensor operations.
 */
package org.jacana.calculus;
