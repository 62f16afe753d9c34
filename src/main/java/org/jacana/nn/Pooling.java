package org.jacana.nn;

import org.jacana.backend.PoolSpec;

/** How pooling layers print their geometry. */
final class Pooling {
  private Pooling() {}

  static String text(String name, PoolSpec s) {
    StringBuilder b = new StringBuilder(name + "(" + s.kernelH() + "x" + s.kernelW());
    if (s.strideH() != s.kernelH() || s.strideW() != s.kernelW()) {
      b.append(", stride ").append(s.strideH());
      if (s.strideH() != s.strideW()) {
        b.append('x').append(s.strideW());
      }
    }
    if (s.padH() != 0 || s.padW() != 0) {
      b.append(", pad ").append(s.padH());
      if (s.padH() != s.padW()) {
        b.append('x').append(s.padW());
      }
    }
    return b.append(s.ceilMode() ? ", ceil)" : ")").toString();
  }
}
