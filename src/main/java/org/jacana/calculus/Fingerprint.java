package org.jacana.calculus;

/**
 * Collects a 128-bit hash of an expression from its parts. Expressions with equal fingerprints
 * count as equal: among a billion of them the chance of one mistake is below 10^-19.
 */
final class Fingerprint {
  long a;
  long b;

  Fingerprint(int kind) {
    a = 0x243F6A8885A308D3L + kind;
    b = 0x13198A2E03707344L - kind;
    add(kind);
  }

  Fingerprint add(long v) {
    a = mix(a ^ v, 0x9E3779B97F4A7C15L);
    b = mix(b + v, 0xC2B2AE3D27D4EB4FL);
    return this;
  }

  Fingerprint add(Expr e) {
    return add(e.high).add(e.low);
  }

  Fingerprint add(String s) {
    add(s.length());
    s.chars().forEach(this::add);
    return this;
  }

  private static long mix(long h, long m) {
    h *= m;
    h ^= h >>> 32;
    h *= 0xD6E8FEB86659FD93L;
    return h ^ h >>> 29;
  }
}
