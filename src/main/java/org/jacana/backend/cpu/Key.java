package org.jacana.backend.cpu;

/**
 * What a prepared computation depends on. The thread count is part of it because primitives divide
 * their work when they are made.
 *
 * @param hash of the others, computed before the cache's lock is taken
 */
record Key(String op, Record shape, int options, float p, float q, int threads, int hash) {

  static Key of(String op, Record shape, int options) {
    return of(op, shape, options, 0, 0);
  }

  static Key of(String op, Record shape, int options, float p, float q) {
    int hash = 31 * (31 * shape.hashCode() + op.hashCode()) + options;
    hash = 31 * (31 * hash + Float.hashCode(p)) + Float.hashCode(q);
    return new Key(op, shape, options, p, q, OpenMp.threads(), hash);
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
