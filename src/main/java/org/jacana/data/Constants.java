package org.jacana.data;

import org.jacana.Tensor;

/**
 * Small constant tensors inside transforms. They are made of fills, because a step that is being
 * recorded cannot upload.
 */
final class Constants {
  private Constants() {}

  /** F32 [values]. */
  static Tensor row(float[] values) {
    Tensor[] parts = new Tensor[values.length];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = Tensor.full(org.jacana.DType.F32, values[i], 1);
    }
    return parts.length == 1 ? parts[0] : Tensor.concat(0, parts);
  }
}
