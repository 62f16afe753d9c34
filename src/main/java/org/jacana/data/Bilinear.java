package org.jacana.data;

import org.jacana.Tensor;

/** Values between pixels: of the four nearest, weighted by nearness. */
final class Bilinear {
  private Bilinear() {}

  /**
   * The pixel at (row, column) of an image on the host.
   *
   * @param outside whether what lies outside the image is zero; else its edge goes on
   */
  static void pixel(
      float[] x,
      int height,
      int width,
      int channels,
      float row,
      float column,
      boolean outside,
      float[] y,
      int to) {
    float r0 = (float) Math.floor(row);
    float c0 = (float) Math.floor(column);
    float dr = row - r0;
    float dc = column - c0;
    for (int c = 0; c < channels; c++) {
      y[to + c] = 0;
    }
    for (int corner = 0; corner < 4; corner++) {
      float r = corner < 2 ? r0 : r0 + 1;
      float k = (corner & 1) == 0 ? c0 : c0 + 1;
      float weight = (corner < 2 ? 1 - dr : dr) * ((corner & 1) == 0 ? 1 - dc : dc);
      if (outside && !(r >= 0 && r < height && k >= 0 && k < width)) {
        continue;
      }
      int from =
          ((int) Math.max(0, Math.min(height - 1, r)) * width
                  + (int) Math.max(0, Math.min(width - 1, k)))
              * channels;
      for (int c = 0; c < channels; c++) {
        y[to + c] += x[from + c] * weight;
      }
    }
  }

  /**
   * The pixels at rows and columns, F32 [n, h, w] or what broadcasts to it, of images [n, H, W, C].
   */
  static Tensor pixels(Tensor x, Tensor row, Tensor column, boolean outside) {
    int height = x.shape().dim(1);
    int width = x.shape().dim(2);
    Tensor r0 = row.floor();
    Tensor c0 = column.floor();
    Tensor dr = row.sub(r0);
    Tensor dc = column.sub(c0);
    Tensor y = null;
    for (int corner = 0; corner < 4; corner++) {
      Tensor r = corner < 2 ? r0 : r0.add(1);
      Tensor k = (corner & 1) == 0 ? c0 : c0.add(1);
      Tensor weight = (corner < 2 ? dr.rsub(1) : dr).mul((corner & 1) == 0 ? dc.rsub(1) : dc);
      if (outside) {
        Tensor inside =
            r.ge(0).logicalAnd(r.lt(height)).logicalAnd(k.ge(0)).logicalAnd(k.lt(width));
        weight = Tensor.where(inside, weight, 0);
      }
      Tensor p = Grid.pixels(x, r.clamp(0, height - 1), k.clamp(0, width - 1));
      p = p.mul(weight.unsqueeze(3));
      y = y == null ? p : y.add(p);
    }
    return y;
  }
}
