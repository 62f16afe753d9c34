package org.jacana.backend.cuda;

import org.jacana.DType;
import org.jacana.backend.Layout;
import org.jacana.backend.View;

/**
 * Batches from a data set of bytes in device memory: chosen by index, cropped at random, flipped at
 * random, normalised and cast, in one launch: cuda/gather_images.cu.
 */
final class ImageGather {
  private static final int CHANNELS = 8;
  private static final int THREADS = 256;

  private final Gpu gpu;

  ImageGather(Gpu gpu) {
    this.gpu = gpu;
  }

  /**
   * What happens to an image. A crop has the image's size and comes from the image with {@code
   * padding} pixels around it, which mirror it ({@code reflect}) or are black; then it is mirrored
   * left to right with probability 1/2 ({@code flip}); then byte b of channel c becomes (b / 255 -
   * mean[c]) / deviation[c].
   */
  record Treatment(int padding, boolean reflect, boolean flip, float[] mean, float[] deviation) {
    Treatment {
      mean = mean.clone();
      deviation = deviation.clone();
      if (padding < 0) {
        throw new IllegalArgumentException(
            "imageGather: padding must be at least 0, got " + padding);
      }
      if (mean.length != deviation.length || mean.length < 1 || mean.length > CHANNELS) {
        throw new IllegalArgumentException(
            "imageGather: needs one mean and one deviation for each of 1 to 8 channels, got "
                + mean.length
                + " and "
                + deviation.length);
      }
    }

    private boolean random() {
      return padding > 0 || flip;
    }

    /** {@code struct Channels}: factors and summands of bytes. */
    private float[] channels() {
      float[] c = new float[2 * CHANNELS];
      for (int i = 0; i < mean.length; i++) {
        c[i] = (float) (1 / (255.0 * deviation[i]));
        c[CHANNELS + i] = (float) (-(double) mean[i] / deviation[i]);
      }
      return c;
    }
  }

  /**
   * out[b] = the treated image data[index[b]]; all NaN where the index is out of range. Image b of
   * the batch takes numbers {@code offset + 4 b} to {@code + 3} of the stream of Philox words: row
   * and column of the crop as the high part of word * (2 padding + 1), and the flip as the highest
   * bit of the third.
   *
   * @param out [B,H,W,C] of F32, F16 or BF16, without gaps
   * @param data [N,H,W,C] of U8, without gaps
   * @param index I32 [B], without gaps
   * @param state I32 [4], the seed's and the stream's low and high words, as {@code Backend.random}
   *     takes them; null for a treatment that draws nothing
   * @param offset added to the stream's place; both are multiples of 4
   */
  void gather(View out, View data, View index, View state, long offset, Treatment treatment) {
    Layout d = data.layout();
    Layout o = out.layout();
    requireFit(out, data, index, treatment);
    if (treatment.random() && (state == null || state.dtype() != DType.I32 || state.size() != 4)) {
      throw new IllegalArgumentException(
          "imageGather: random crops and flips need a state I32 [4]");
    }
    if (out.size() == 0) {
      return;
    }
    boolean vectors =
        d.dim(2) * d.dim(3) % 4 == 0 && Strided.address(out) % (4L * out.dtype().bytes()) == 0;
    long[] addresses = {
      Strided.address(out),
      Strided.address(data),
      Strided.address(index),
      treatment.random() ? Strided.address(state) : 0
    };
    gpu.launch("gather_images", "gather_images")
        .longs(
            d.dim(0),
            d.dim(1),
            d.dim(2),
            d.dim(3),
            o.dim(0),
            treatment.padding,
            treatment.reflect ? 1 : 0,
            treatment.flip ? 1 : 0)
        .floats(treatment.channels())
        .i64(addresses[0])
        .i32(out.dtype().ordinal())
        .i64(addresses[1])
        .i64(addresses[2])
        .i64(addresses[3])
        .i64(offset)
        .i32(vectors ? 1 : 0)
        .run(Math.min(o.dim(0), 8 * gpu.context().processors()), THREADS);
  }

  private static void requireFit(View out, View data, View index, Treatment t) {
    Layout d = data.layout();
    Layout o = out.layout();
    boolean types =
        data.dtype() == DType.U8
            && index.dtype() == DType.I32
            && out.dtype().isFloat()
            && out.dtype() != DType.F64;
    boolean shapes =
        d.rank() == 4
            && o.rank() == 4
            && index.layout().rank() == 1
            && index.layout().dim(0) == o.dim(0)
            && d.dim(1) == o.dim(1)
            && d.dim(2) == o.dim(2)
            && d.dim(3) == o.dim(3)
            && d.dim(3) == t.mean.length;
    if (!types
        || !shapes
        || !d.isContiguous()
        || !o.isContiguous()
        || !index.layout().isContiguous()) {
      throw new IllegalArgumentException(
          "imageGather: needs data U8 [N, H, W, C], index I32 [B] and output [B, H, W, C] of F32,"
              + " F16 or BF16, without gaps, and one mean per channel; got data "
              + data.dtype()
              + " "
              + data.shape()
              + ", index "
              + index.dtype()
              + " "
              + index.shape()
              + ", output "
              + out.dtype()
              + " "
              + out.shape()
              + ", "
              + t.mean.length
              + " means");
    }
    if (t.reflect && t.padding >= Math.min(d.dim(1), d.dim(2))) {
      throw new IllegalArgumentException(
          "imageGather: padding that mirrors must be smaller than the image, got padding "
              + t.padding
              + " for "
              + data.shape());
    }
    if ((long) d.dim(1) * d.dim(2) * d.dim(3) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "imageGather: an image may have at most 2^31 - 1 bytes, got " + data.shape());
    }
  }
}
