package org.jacana.backend.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HalfTest {
  private static float f16(float f) {
    return Half.fromF16(Half.toF16(f));
  }

  private static float bf16(float f) {
    return Half.fromBf16(Half.toBf16(f));
  }

  @Test
  void knownValues() {
    assertEquals(0x3555, Half.toF16(1 / 3f));
    assertEquals(0.333251953125f, f16(1 / 3f));
    assertEquals(65504, f16(65519.996f));
    assertEquals(Float.POSITIVE_INFINITY, f16(65520));
    assertEquals(5.9604645e-8f, f16(6e-8f));
    assertEquals(0, f16(2.9e-8f));
    assertEquals(2048, f16(2049));
    assertEquals(2052, f16(2051));
    assertEquals(-0.0f, f16(-1e-9f));
    assertEquals(Float.NaN, f16(Float.NaN));
    assertEquals(0.333984375f, bf16(1 / 3f));
    assertEquals(256, bf16(257));
    assertEquals(260, bf16(259));
    assertEquals(Float.POSITIVE_INFINITY, bf16(Float.MAX_VALUE));
    assertEquals(Float.NaN, bf16(Float.intBitsToFloat(0x7f800001)));
  }

  @Test
  void allBitsSurviveARoundTrip() {
    for (int i = 0; i < 65536; i++) {
      short s = (short) i;
      float f = Half.fromF16(s);
      float b = Half.fromBf16(s);
      if (f == f) {
        assertEquals(s, Half.toF16(f));
      }
      if (b == b) {
        assertEquals(s, Half.toBf16(b));
      }
    }
  }

  @Test
  void roundsToTheNearestAndTiesToEven() {
    for (int i = 0; i < 0x7bff; i++) {
      float low = Half.fromF16((short) i);
      float high = Half.fromF16((short) (i + 1));
      float middle = (low + high) / 2;
      assertEquals(i % 2 == 0 ? low : high, f16(middle));
      assertEquals(low, f16(Math.nextDown(middle)));
      assertEquals(high, f16(Math.nextUp(middle)));
    }
  }
}
