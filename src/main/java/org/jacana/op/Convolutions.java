package org.jacana.op;

import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;

/** Convolutions by way of {@link Conv}: of sequences, and transposed. */
public final class Convolutions {
  private Convolutions() {}

  /**
   * Stride 1 with as much padding as keeps height and width; an odd rest goes to bottom and right,
   * as in PyTorch's "same".
   */
  public static ConvSpec same(int kernelH, int kernelW, int dilationH, int dilationW, int groups) {
    int h = dilationH * (kernelH - 1);
    int w = dilationW * (kernelW - 1);
    return new ConvSpec(1, 1, h / 2, w / 2, h - h / 2, w - w / 2, dilationH, dilationW, groups);
  }

  private static ConvSpec line(int stride, int padding, int dilation, int groups) {
    return new ConvSpec(1, stride, 0, padding, 0, padding, 1, dilation, groups);
  }

  private static void requireRank(String op, Tensor x, Tensor w, int rank) {
    if (x.rank() != rank || w.rank() != rank) {
      throw new IllegalArgumentException(
          op
              + (rank == 3
                  ? ": input must be [N, L, C] and filter [O, K, C/groups], got "
                  : ": input must be [N, H, W, C] and filter [C, KH, KW, O/groups], got ")
              + x.shape()
              + " and "
              + w.shape());
    }
  }

  /** Cross-correlation of sequences x [N,L,C] with filters w [O,K,C/groups]; b [O] or null. */
  public static Tensor conv1d(
      Tensor x, Tensor w, Tensor b, int stride, int padding, int dilation, int groups) {
    requireRank("conv1d", x, w, 3);
    ConvSpec s = line(stride, padding, dilation, groups);
    return Composite.on(x, () -> Conv.conv(s, x.unsqueeze(1), w.unsqueeze(1), b).squeeze(1));
  }

  /**
   * The transposed convolution: the gradient of a convolution's input, plus b [O] if not null. x
   * [N,H,W,C] and w [C,KH,KW,O/groups] give [N,OH,OW,O] with OH = (H-1) stride - padding + dilation
   * (KH-1) + 1 + outputPadding.
   *
   * @param extraH output padding: rows that the stride leaves undecided, 0..stride-1
   * @throws IllegalArgumentException if shapes do not fit or the output padding is out of range
   */
  public static Tensor convTranspose2d(
      Tensor x, Tensor w, Tensor b, ConvSpec s, int extraH, int extraW) {
    requireRank("convTranspose2d", x, w, 4);
    return transposed("convTranspose2d", x, w, b, s, extraH, extraW);
  }

  /** The transposed convolution of sequences: x [N,L,C], w [C,K,O/groups], b [O] or null. */
  public static Tensor convTranspose1d(
      Tensor x, Tensor w, Tensor b, int stride, int padding, int dilation, int groups, int extra) {
    requireRank("convTranspose1d", x, w, 3);
    ConvSpec s = line(stride, padding, dilation, groups);
    return Composite.on(
        x,
        () ->
            transposed("convTranspose1d", x.unsqueeze(1), w.unsqueeze(1), b, s, 0, extra)
                .squeeze(1));
  }

  private static Tensor transposed(
      String op, Tensor x, Tensor w, Tensor b, ConvSpec s, int extraH, int extraW) {
    String got = " (input " + x.shape() + ", filter " + w.shape() + ")";
    if (extraH < 0 || extraW < 0 || extraH >= s.strideH() || extraW >= s.strideW()) {
      throw new IllegalArgumentException(
          op
              + ": output padding must be at least 0 and below the stride, got "
              + extraH
              + "x"
              + extraW
              + got);
    }
    if (x.shape().dim(3) != w.shape().dim(0) || w.shape().dim(0) % s.groups() != 0) {
      throw new IllegalArgumentException(
          op
              + ": the input's channels must equal the filter's first extent and divide into "
              + s.groups()
              + " groups"
              + got);
    }
    int o = w.shape().dim(3) * s.groups();
    if (b != null && !b.shape().equals(Shape.of(o))) {
      throw new IllegalArgumentException(op + ": bias must be [" + o + "], got " + b.shape() + got);
    }
    int h =
        (x.shape().dim(1) - 1) * s.strideH()
            - s.padTop()
            - s.padBottom()
            + s.dilationH() * (w.shape().dim(1) - 1)
            + 1
            + extraH;
    int width =
        (x.shape().dim(2) - 1) * s.strideW()
            - s.padLeft()
            - s.padRight()
            + s.dilationW() * (w.shape().dim(2) - 1)
            + 1
            + extraW;
    if (h < 1 || width < 1) {
      throw new IllegalArgumentException(op + ": the padding leaves no output" + got);
    }
    Shape y = Shape.of(x.shape().dim(0), h, width, o);
    return Composite.on(
        x,
        () -> {
          Tensor product = Conv.gradInput(s, x, w, y);
          return b == null ? product : product.add(b);
        });
  }
}
