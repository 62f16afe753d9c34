package org.jacana.backend.cpu;

/**
 * What a prepared computation depends on. The thread count is part of it because primitives divide
 * their work when they are made.
 */
record Key(String op, Record shape, int options, float p, float q, int threads) {

  static Key of(String op, Record shape, int options) {
    return new Key(op, shape, options, 0, 0, OpenMp.threads());
  }

  static Key of(String op, Record shape, int options, float p, float q) {
    return new Key(op, shape, options, p, q, OpenMp.threads());
  }
}
