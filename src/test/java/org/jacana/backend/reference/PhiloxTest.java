package org.jacana.backend.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  private static int[] words(long key, long low, long high) {
    int[] out = new int[4];
    Philox.words(key, low, high, out, 0);
    return out;
  }

  /** The known answers that come with the authors' library Random123 (kat_vectors). */
  @Test
  void knownAnswers() {
    assertArrayEquals(new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, words(0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, words(-1, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        words(0x299f31d0a4093822L, 0x85a308d3243f6a88L, 0x0370734413198a2eL));
  }

  @Test
  void uniformNumbersAreTheHighBits() {
    try (Scope s = Scope.open()) {
      int[] w = words(5, 0, 0);
      double[] f32 = new Generator(5).uniform(DType.F32, 4).doubles();
      for (int i = 0; i < 4; i++) {
        assertEquals((w[i] >>> 8) / 16777216.0, f32[i]);
      }
      double[] f64 = new Generator(5).uniform(DType.F64, 2).doubles();
      long bits = ((w[0] & 0xffffffffL) << 32 | w[1] & 0xffffffffL) >>> 11;
      assertEquals(bits / 9007199254740992.0, f64[0]);
    }
  }

  @Test
  void everyDeviceAndEverySplitDrawsTheSameStream() {
    for (DType t : new DType[] {DType.F32, DType.F64}) {
      double[] all;
      try (Scope s = Scope.open(Device.REFERENCE)) {
        all = new Generator(9).normal(t, 40000).doubles();
      }
      try (Scope s = Scope.open(Device.CPU)) {
        assertArrayEquals(all, new Generator(9).normal(t, 40000).doubles());
        Generator g = new Generator(9);
        g.normal(t, 17, 4);
        double[] rest = g.normal(t, 1000).doubles();
        for (int i = 0; i < rest.length; i++) {
          assertEquals(all[68 + i], rest[i]);
        }
      }
    }
  }

  @Test
  void momentsOfAMillionNumbers() {
    try (Scope s = Scope.open()) {
      Tensor u = new Generator(1).uniform(DType.F64, 1_000_000);
      assertEquals(0.5, u.mean().item(), 5 * 0.289e-3);
      assertEquals(1 / 12.0, u.var(new int[0], false, 1).item(), 5 * 0.0745e-3);
      Tensor n = new Generator(2).normal(DType.F64, 1_000_000);
      assertEquals(0, n.mean().item(), 5e-3);
      assertEquals(1, n.var(new int[0], false, 1).item(), 5 * 1.414e-3);
      assertEquals(0, n.pow(3).mean().item(), 5 * 3.873e-3);
      assertEquals(3, n.pow(4).mean().item(), 5 * 9.8e-3);
      double inside = n.abs().lt(1.959963984540054).to(DType.F64).mean().item();
      assertEquals(0.95, inside, 5 * 0.218e-3);
    }
  }

  @Test
  void splitStreamsDiffer() {
    try (Scope s = Scope.open()) {
      Generator g = new Generator(3);
      assertEquals(
          0,
          g.split(0).uniform(DType.F64, 1000).eq(g.split(1).uniform(DType.F64, 1000)).sum().item());
      assertArrayEquals(
          g.split(7).uniform(DType.F32, 9).floats(), g.split(7).uniform(DType.F32, 9).floats());
    }
  }
}
