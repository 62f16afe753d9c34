package org.jacana.cli.bench;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.ConvSpec;
import org.jacana.op.Conv;

/** Convolutions and their two gradients. */
final class ConvWork {
  /**
   * A convolution of the same size of its output as of its input.
   *
   * @param batch images
   * @param size rows and columns
   * @param from channels of the input
   * @param to channels of the output
   * @param kernel rows and columns of a filter, odd
   */
  record Case(int batch, int size, int from, int to, int kernel) {
    @Override
    public String toString() {
      return String.format("%dx%d n%d %dx%d c%d->%d", kernel, kernel, batch, size, size, from, to);
    }
  }

  private ConvWork() {}

  static List<Work> all(List<Case> cases, List<Precision> precisions) {
    List<Work> all = new ArrayList<>();
    for (Case c : cases) {
      for (Precision p : precisions) {
        all.add(work(c, p, "conv ", 0));
        all.add(work(c, p, "conv dx ", 1));
        all.add(work(c, p, "conv dw ", 2));
      }
    }
    return all;
  }

  /** Operands are stored as the precision has them. */
  private static Work work(Case c, Precision precision, String name, int which) {
    DType type = precision.type();
    ConvSpec spec = ConvSpec.of(1, c.kernel / 2);
    Shape x = Shape.of(c.batch, c.size, c.size, c.from);
    Shape y = Shape.of(c.batch, c.size, c.size, c.to);
    Shape w = Shape.of(c.to, c.kernel, c.kernel, c.from);
    double operations = 2.0 * y.size() * c.kernel * c.kernel * c.from;
    double bytes = (double) type.bytes() * (x.size() + y.size() + w.size());
    return new Work(
            name + c + " " + precision,
            operations,
            bytes,
            () -> {
              Tensor in = random(1, x, type);
              Tensor filter = random(2, w, type);
              Tensor g = random(3, y, type);
              return Work.Call.of(
                  () ->
                      switch (which) {
                        case 0 -> Conv.conv(spec, in, filter, null);
                        case 1 -> Conv.gradInput(spec, g, filter, x);
                        default -> Conv.gradWeight(spec, in, g, w);
                      },
                  out -> wrong(spec, in, filter, g, out, which, most(precision)));
            })
        .at(precision);
  }

  /** The largest relative error: about four roundings of the format. */
  private static double most(Precision p) {
    return switch (p) {
      case FP32 -> 1e-5;
      case TF32, FP16 -> 3e-3;
      case BF16 -> 2e-2;
    };
  }

  private static Tensor random(int seed, Shape shape, DType type) {
    return new Generator(seed).normal(DType.F32, shape.dims()).to(type);
  }

  /**
   * The three are one trilinear form: sum(g conv(x, w)) = sum(x gradInput(g, w)) = sum(w
   * gradWeight(x, g)); the form itself is summed in plain Java for one output position.
   */
  private static String wrong(
      ConvSpec s, Tensor x, Tensor w, Tensor g, Tensor out, int which, double most) {
    float[] result = floats(out);
    float[] other = floats(which == 0 ? g : which == 1 ? x : w);
    if (which == 0) {
      String error = position(s, x, w, result, out.shape(), most);
      if (error != null) {
        return error;
      }
    }
    Tensor y = which == 0 ? out : Conv.conv(s, x, w, null);
    double form = Check.dot(floats(y), floats(g));
    double scale = Check.norm(floats(y)) * Check.norm(floats(g));
    if (which == 0) {
      Tensor dw = Conv.gradWeight(s, x, g, w.shape());
      return Check.equal(
          "its product with dy", form, Check.dot(floats(dw), floats(w)), scale, most);
    }
    return Check.equal(
        "its product with " + (which == 1 ? "x" : "w"),
        Check.dot(result, other),
        form,
        scale,
        most);
  }

  private static float[] floats(Tensor t) {
    return t.to(DType.F32).floats();
  }

  /** All channels at the middle of the last image. */
  private static String position(
      ConvSpec s, Tensor x, Tensor w, float[] y, Shape out, double most) {
    float[] in = floats(x);
    float[] filter = floats(w);
    int h = out.dim(1);
    int to = out.dim(3);
    int from = x.shape().dim(3);
    int k = w.shape().dim(1);
    int row = h / 2;
    int image = out.dim(0) - 1;
    for (int o = 0; o < to; o++) {
      double sum = 0;
      for (int a = 0; a < k; a++) {
        for (int b = 0; b < k; b++) {
          int r = row + a - s.padTop();
          int q = row + b - s.padLeft();
          if (r < 0 || r >= h || q < 0 || q >= h) {
            continue;
          }
          for (int c = 0; c < from; c++) {
            sum +=
                (double) in[((image * h + r) * h + q) * from + c]
                    * filter[((o * k + a) * k + b) * from + c];
          }
        }
      }
      String error =
          Check.equal(
              "channel " + o + " at the middle",
              y[((image * h + row) * h + row) * to + o],
              sum,
              4 * Math.sqrt((double) k * k * from),
              most);
      if (error != null) {
        return error;
      }
    }
    return null;
  }
}
