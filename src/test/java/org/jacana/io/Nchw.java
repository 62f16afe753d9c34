package org.jacana.io;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;

/**
 * PyTorch's layers in plain loops, channels first, straight from their definitions; weights by
 * PyTorch's names and shapes. The oracle for {@link TorchState}.
 */
final class Nchw {
  final Map<String, double[]> weights = new LinkedHashMap<>();
  final Map<String, StoredTensor> stateDict = new LinkedHashMap<>();
  private final Random random;

  Nchw(long seed) {
    random = new Random(seed);
  }

  /** A weight of random numbers, float32. */
  double[] weight(String name, int... shape) {
    double[] w = new double[(int) Shape.of(shape).size()];
    float[] f = new float[w.length];
    for (int i = 0; i < w.length; i++) {
      f[i] = (float) (random.nextGaussian() / 2);
      f[i] = name.endsWith("running_var") ? Math.abs(f[i]) + 0.5f : f[i];
      w[i] = f[i];
    }
    put(name, f, shape);
    weights.put(name, w);
    return w;
  }

  private void put(String name, float[] values, int... shape) {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      stateDict.put(name, StoredTensor.of(Tensor.of(values, shape)));
    }
  }

  /** The counter of a batch norm, at 17. */
  void counter(String name) {
    try (Scope s = Scope.open(Device.REFERENCE)) {
      stateDict.put(name, StoredTensor.of(Tensor.full(DType.I32, 17)));
    }
  }

  /** An activation [n, c, h, w]. */
  record Map4(double[] v, int n, int c, int h, int w) {
    double at(int i, int k, int y, int x) {
      return y < 0 || y >= h || x < 0 || x >= w ? 0 : v[((i * c + k) * h + y) * w + x];
    }

    void add(int i, int k, int y, int x, double value) {
      if (y >= 0 && y < h && x >= 0 && x < w) {
        v[((i * c + k) * h + y) * w + x] += value;
      }
    }
  }

  Map4 input(int n, int c, int h, int w) {
    return new Map4(
        random.doubles((long) n * c * h * w, -1, 1).map(x -> (float) x).toArray(), n, c, h, w);
  }

  /** As [n, h, w, c], float32. */
  static float[] nhwc(Map4 x) {
    float[] out = new float[x.v().length];
    int at = 0;
    for (int i = 0; i < x.n(); i++) {
      for (int y = 0; y < x.h(); y++) {
        for (int z = 0; z < x.w(); z++) {
          for (int k = 0; k < x.c(); k++) {
            out[at++] = (float) x.at(i, k, y, z);
          }
        }
      }
    }
    return out;
  }

  /** torch.nn.Conv2d: weight [out, in / groups, kh, kw]. */
  Map4 conv(String name, Map4 x, int out, int kh, int kw, int stride, int pad, int groups) {
    int in = x.c() / groups;
    double[] w = weight(name + ".weight", out, in, kh, kw);
    double[] b = weight(name + ".bias", out);
    int oh = (x.h() + 2 * pad - kh) / stride + 1;
    int ow = (x.w() + 2 * pad - kw) / stride + 1;
    Map4 y = new Map4(new double[x.n() * out * oh * ow], x.n(), out, oh, ow);
    for (int i = 0; i < x.n(); i++) {
      for (int o = 0; o < out; o++) {
        int first = o / (out / groups) * in;
        for (int r = 0; r < oh; r++) {
          for (int s = 0; s < ow; s++) {
            double sum = b[o];
            for (int k = 0; k < in; k++) {
              for (int p = 0; p < kh; p++) {
                for (int q = 0; q < kw; q++) {
                  sum +=
                      w[((o * in + k) * kh + p) * kw + q]
                          * x.at(i, first + k, r * stride + p - pad, s * stride + q - pad);
                }
              }
            }
            y.add(i, o, r, s, sum);
          }
        }
      }
    }
    return y;
  }

  /** torch.nn.ConvTranspose2d: weight [in, out / groups, kh, kw]. */
  Map4 convTranspose(
      String name, Map4 x, int out, int kh, int kw, int stride, int pad, int groups) {
    int part = out / groups;
    double[] w = weight(name + ".weight", x.c(), part, kh, kw);
    double[] b = weight(name + ".bias", out);
    int oh = (x.h() - 1) * stride - 2 * pad + kh;
    int ow = (x.w() - 1) * stride - 2 * pad + kw;
    Map4 y = new Map4(new double[x.n() * out * oh * ow], x.n(), out, oh, ow);
    for (int i = 0; i < x.n(); i++) {
      for (int k = 0; k < x.c(); k++) {
        int first = k / (x.c() / groups) * part;
        for (int o = 0; o < part; o++) {
          for (int r = 0; r < x.h() * kh; r++) {
            for (int s = 0; s < x.w() * kw; s++) {
              int p = r % kh;
              int q = s % kw;
              double v = x.at(i, k, r / kh, s / kw) * w[((k * part + o) * kh + p) * kw + q];
              y.add(i, first + o, r / kh * stride + p - pad, s / kw * stride + q - pad, v);
            }
          }
        }
      }
      for (int o = 0; o < out * oh * ow; o++) {
        y.v()[i * out * oh * ow + o] += b[o / (oh * ow)];
      }
    }
    return y;
  }

  /** torch.nn.BatchNorm in eval mode, over channels (or features, as [n, c, 1, 1]). */
  Map4 batchNorm(String name, Map4 x) {
    double[] g = weight(name + ".weight", x.c());
    double[] b = weight(name + ".bias", x.c());
    double[] mean = weight(name + ".running_mean", x.c());
    double[] var = weight(name + ".running_var", x.c());
    counter(name + ".num_batches_tracked");
    double[] y = x.v().clone();
    for (int i = 0; i < y.length; i++) {
      int k = i / (x.h() * x.w()) % x.c();
      y[i] = (y[i] - mean[k]) / Math.sqrt(var[k] + 1e-5) * g[k] + b[k];
    }
    return new Map4(y, x.n(), x.c(), x.h(), x.w());
  }

  static Map4 relu(Map4 x) {
    double[] y = Arrays.stream(x.v()).map(v -> Math.max(v, 0)).toArray();
    return new Map4(y, x.n(), x.c(), x.h(), x.w());
  }

  /** torch.flatten(x, 1): memory order, channels first. */
  static Map4 flatten(Map4 x) {
    return new Map4(x.v(), x.n(), x.c() * x.h() * x.w(), 1, 1);
  }

  /** torch.nn.Linear of features [n, c, 1, 1]: weight [out, in]. */
  Map4 linear(String name, Map4 x, int out) {
    double[] w = weight(name + ".weight", out, x.c());
    double[] b = weight(name + ".bias", out);
    double[] y = new double[x.n() * out];
    for (int i = 0; i < x.n(); i++) {
      for (int o = 0; o < out; o++) {
        y[i * out + o] = b[o];
        for (int k = 0; k < x.c(); k++) {
          y[i * out + o] += w[o * x.c() + k] * x.v()[i * x.c() + k];
        }
      }
    }
    return new Map4(y, x.n(), out, 1, 1);
  }

  /** torch.nn.LayerNorm over [c, h, w]. */
  Map4 layerNorm(String name, Map4 x) {
    double[] g = weight(name + ".weight", x.c(), x.h(), x.w());
    double[] b = weight(name + ".bias", x.c(), x.h(), x.w());
    double[] y = x.v().clone();
    int m = g.length;
    for (int i = 0; i < x.n(); i++) {
      double mean = 0;
      double square = 0;
      for (int k = 0; k < m; k++) {
        mean += y[i * m + k] / m;
        square += y[i * m + k] * y[i * m + k] / m;
      }
      for (int k = 0; k < m; k++) {
        double unit = (y[i * m + k] - mean) / Math.sqrt(square - mean * mean + 1e-5);
        y[i * m + k] = unit * g[k] + b[k];
      }
    }
    return new Map4(y, x.n(), x.c(), x.h(), x.w());
  }
}
