package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.op.Resize;

/** Larger images by a whole factor: [N, H, W, C] to [N, factor H, factor W, C]. */
public final class Upsample extends Module {
  /** Where new pixels come from. */
  public enum Mode {
    NEAREST,
    /** PyTorch's bilinear, pixels being areas. */
    BILINEAR,
    /** PyTorch's bilinear with align_corners, pixels being points. */
    BILINEAR_CORNERS,
    /** PyTorch's bicubic, pixels being areas. */
    BICUBIC,
    /** PyTorch's bicubic with align_corners, pixels being points. */
    BICUBIC_CORNERS
  }

  private final int factor;
  private final Mode mode;

  public Upsample(int factor, Mode mode) {
    this.factor = Check.positive("upsample", "factor", factor);
    this.mode = mode;
  }

  public int factor() {
    return factor;
  }

  public Mode mode() {
    return mode;
  }

  @Override
  protected Tensor forward(Tensor x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(
          this + ": the input must be [N, H, W, C], got " + x.shape());
    }
    int h = x.shape().dim(1) * factor;
    int w = x.shape().dim(2) * factor;
    return switch (mode) {
      case NEAREST -> Resize.nearest(x, h, w);
      case BILINEAR, BILINEAR_CORNERS -> Resize.bilinear(x, h, w, mode == Mode.BILINEAR_CORNERS);
      case BICUBIC, BICUBIC_CORNERS -> Resize.bicubic(x, h, w, mode == Mode.BICUBIC_CORNERS);
    };
  }

  @Override
  public String toString() {
    return "Upsample(" + factor + ", " + mode + ")";
  }
}
