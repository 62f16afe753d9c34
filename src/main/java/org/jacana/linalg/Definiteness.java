package org.jacana.linalg;

/** The kinds of symmetric matrices, and of the quadratic forms x^T A x. */
public enum Definiteness {
  /** x^T A x &gt; 0 for all x but 0. */
  POSITIVE_DEFINITE,
  /** x^T A x &gt;= 0, and 0 for some x besides 0; the zero matrix counts here. */
  POSITIVE_SEMIDEFINITE,
  NEGATIVE_DEFINITE,
  NEGATIVE_SEMIDEFINITE,
  /** Both signs occur. */
  INDEFINITE
}
