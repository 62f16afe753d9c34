package org.jacana.peers;

import java.nio.FloatBuffer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Arrays in Jacana's layout as libtorch's tensors, and back. */
final class TorchArrays {
  private TorchArrays() {}

  static Tensor of(float[] values, long... shape) {
    return Tensor.create(values, shape);
  }

  /** [n, h, w, c] as [n, c, h, w], in memory as the layout has it; so too filters. */
  static Tensor images(float[] values, String layout, long... nhwc) {
    return laidOut(Tensor.create(values, nhwc).permute(0, 3, 1, 2), layout);
  }

  private static Tensor laidOut(Tensor t, String layout) {
    return layout.equals(LibtorchFramework.CHANNELS_LAST)
        ? t.contiguous(torch.MemoryFormat.ChannelsLast)
        : t.contiguous();
  }

  static Tensor labels(int[] labels) {
    long[] wide = new long[labels.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = labels[i];
    }
    return Tensor.create(wide, (long) wide.length);
  }

  static float[] floats(Tensor t) {
    Tensor plain = t.detach().contiguous();
    FloatBuffer b = plain.createBuffer();
    float[] values = new float[(int) plain.numel()];
    b.get(values);
    return values;
  }

  /** Back from [n, c, h, w] to [n, h, w, c]. */
  static float[] imageFloats(Tensor t) {
    return floats(t.detach().permute(0, 2, 3, 1));
  }

  /** A parameter in libtorch's layout. */
  static Tensor parameter(Net.Parameter p, float[] values, String layout) {
    int[] s = p.shape();
    return switch (p.role()) {
      case FILTER -> images(values, layout, s[0], s[1], s[2], s[3]);
      // Features come out of the images channels first.
      case AFTER_IMAGE ->
          of(values, s[0], 7, 7, 64).permute(0, 3, 1, 2).contiguous().view(s[0], s[1]);
      case LINEAR -> of(values, s[0], s[1]);
      case BIAS, GAMMA -> of(values, s[0]);
    };
  }

  /** A parameter's gradient in Jacana's layout. */
  static float[] back(Net.Parameter p, Tensor t) {
    return switch (p.role()) {
      case FILTER -> imageFloats(t);
      case AFTER_IMAGE -> imageFloats(t.detach().contiguous().view(p.shape()[0], 64, 7, 7));
      default -> floats(t);
    };
  }
}
