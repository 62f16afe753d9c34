package org.jacana.optim.minimize;

/** A method that only makes sense over a set. */
abstract class ConstraintMethod extends Method {
  @Override
  boolean takesProx() {
    return true;
  }
}
