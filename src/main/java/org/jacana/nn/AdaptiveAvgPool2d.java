package org.jacana.nn;

import org.jacana.Tensor;
import org.jacana.op.AdaptivePool;

/** Means over windows chosen so that the output has a given size: [N, height, width, C]. */
public final class AdaptiveAvgPool2d extends Module {
  private final int height;
  private final int width;

  public AdaptiveAvgPool2d(int height, int width) {
    this.height = Check.positive("adaptiveAvgPool2d", "height", height);
    this.width = Check.positive("adaptiveAvgPool2d", "width", width);
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  @Override
  protected Tensor forward(Tensor x) {
    return AdaptivePool.average(x, height, width);
  }

  @Override
  public String toString() {
    return "AdaptiveAvgPool2d(" + height + "x" + width + ")";
  }
}
