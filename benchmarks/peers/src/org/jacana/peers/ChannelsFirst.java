package org.jacana.peers;

/** Arrays with channels last as arrays with channels first, and back. */
final class ChannelsFirst {
  private ChannelsFirst() {}

  /** [n, h, w, c] to [n, c, h, w]. */
  static float[] of(float[] v, int n, int h, int w, int c) {
    return swap(v, n, h * w, c);
  }

  /** [n, c, h, w] to [n, h, w, c]. */
  static float[] back(float[] v, int n, int h, int w, int c) {
    return swap(v, n, c, h * w);
  }

  /** [n, a, b] to [n, b, a]. */
  private static float[] swap(float[] v, int n, int a, int b) {
    float[] out = new float[v.length];
    for (int i = 0; i < n; i++) {
      int start = i * a * b;
      for (int j = 0; j < a; j++) {
        for (int k = 0; k < b; k++) {
          out[start + k * a + j] = v[start + j * b + k];
        }
      }
    }
    return out;
  }

  /** A parameter's values. */
  static float[] parameter(Net.Parameter p, float[] v) {
    int[] s = p.shape();
    return switch (p.role()) {
      case FILTER -> of(v, s[0], s[1], s[2], s[3]);
      case AFTER_IMAGE -> of(v, s[0], 7, 7, 64);
      default -> v;
    };
  }

  /** A parameter's values or its gradient in Jacana's layout. */
  static float[] parameterBack(Net.Parameter p, float[] v) {
    int[] s = p.shape();
    return switch (p.role()) {
      case FILTER -> back(v, s[0], s[1], s[2], s[3]);
      case AFTER_IMAGE -> back(v, s[0], 7, 7, 64);
      default -> v;
    };
  }
}
