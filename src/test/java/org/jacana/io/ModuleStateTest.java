package org.jacana.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.DType;
import org.jacana.Tensor;
import org.jacana.nn.Module;
import org.junit.jupiter.api.Test;

class ModuleStateTest {
  private static final class Affine extends Module {
    final Tensor weight;
    final Tensor steps;

    Affine(float start) {
      weight = parameter("weight", Tensor.of(new float[] {start, start + 1}));
      steps = buffer("steps", Tensor.full(DType.I32, start));
    }

    @Override
    protected Tensor forward(Tensor x) {
      return x.mul(weight);
    }
  }

  @Test
  void carriesParametersAndBuffersOver() {
    try (Affine from = new Affine(3);
        Affine to = new Affine(8)) {
      Map<String, StoredTensor> state = ModuleState.copy(from);
      assertEquals(List.of("weight", "steps"), List.copyOf(state.keySet()));
      ModuleState.load(to, state, "test");
      assertArrayEquals(new float[] {3, 4}, to.weight.floats());
      assertEquals(3, to.steps.item());
      assertEquals(true, to.weight.requiresGrad());
    }
  }

  @Test
  void namesWhatDoesNotFitAndChangesNothing() {
    try (Affine from = new Affine(3);
        Affine to = new Affine(8);
        Tensor three = Tensor.zeros(3)) {
      Map<String, StoredTensor> state = new TreeMap<>(ModuleState.copy(from));
      state.put("weight", StoredTensor.of(three));
      state.remove("steps");
      state.put("bias", StoredTensor.of(three));
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> ModuleState.load(to, state, "m.safetensors"));
      assertEquals(
          "m.safetensors: the tensors are not those of Affine: missing steps; unexpected bias;"
              + " weight is F32 [3], not F32 [2]; load it into the model that it was saved from",
          e.getMessage());
      assertArrayEquals(new float[] {8, 9}, to.weight.floats());
    }
  }
}
