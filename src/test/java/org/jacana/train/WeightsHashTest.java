package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.jacana.DType;
import org.jacana.Tensor;
import org.jacana.nn.Module;
import org.junit.jupiter.api.Test;

class WeightsHashTest {
  private static final class Two extends Module {
    Two() {
      buffer("steps", Tensor.full(DType.I32, 7));
      parameter("weight", Tensor.of(new float[] {1.5f, -2}));
    }

    @Override
    protected Tensor forward(Tensor x) {
      return x;
    }
  }

  /** Python: sha256(b"weight\0" + pack("<2f", 1.5, -2) + b"steps\0" + pack("<i", 7)). */
  @Test
  void isTheHashOfNamesAndBytes() {
    try (Two two = new Two()) {
      assertEquals(
          "ba45a2b5702e754995052769b55d792ba175c3c605cfee40fec63ab525127ad7",
          WeightsHash.sha256(two));
    }
  }
}
