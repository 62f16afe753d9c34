package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.ConvSpec;
import org.jacana.backend.PoolSpec;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Values that were not computed by this library: closed forms, worked by hand, tables of special
 * functions, and PyTorch's definitions of edge cases; on every device in both float types.
 */
class SemanticsTest {
  private static final double NAN = Double.NaN;
  private static final double INF = Double.POSITIVE_INFINITY;

  /** Makes tensors of one type on one device. */
  private record On(DType type) {
    Tensor t(double... v) {
      return Arg.make(v, type, v.length);
    }

    Tensor m(int[] shape, double... v) {
      return Arg.make(v, type, shape);
    }

    void is(Tensor t, double... expected) {
      double tolerance = type == DType.F64 ? 1e-13 : 3e-6;
      double[] got = t.doubles();
      assertEquals(expected.length, got.length);
      for (int i = 0; i < got.length; i++) {
        double e = expected[i];
        assertTrue(
            e == got[i]
                || e != e && got[i] != got[i]
                || Math.abs(e - got[i]) <= tolerance * Math.abs(e),
            "element " + i + " is " + got[i] + ", expected " + e);
      }
    }
  }

  private interface Question {
    void ask(On on);
  }

  private static DynamicTest of(String name, Question q) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          for (Device d : new Device[] {Device.REFERENCE, Device.CPU}) {
            for (DType t : new DType[] {DType.F64, DType.F32}) {
              try (Scope s = Scope.open(d)) {
                q.ask(new On(t));
              } catch (AssertionError e) {
                throw new AssertionError(t + " on " + d + ": " + e.getMessage(), e);
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> knownValues() {
    return Stream.of(
        of(
            "erf (Abramowitz and Stegun, table 7.1)",
            o ->
                o.is(
                    o.t(0, 0.5, 1, 2, -1.5).erf(),
                    0,
                    0.5204998778130465,
                    0.8427007929497149,
                    0.9953222650189527,
                    -0.9661051464753108)),
        of(
            "gelu: x times the normal distribution function",
            o -> o.is(o.t(1, 2, 0).gelu(), 0.8413447460685429, 1.9544997361036416, 0)),
        of("silu", o -> o.is(o.t(1, 0).silu(), 0.7310585786300049, 0)),
        of(
            "softplus",
            o -> o.is(o.t(0, 100, -10).softplus(), Math.log(2), 100, 4.539889921686465e-5)),
        of("sigmoid", o -> o.is(o.t(0, 1000, -1000).sigmoid(), 0.5, 1, 0)),
        of("tanh", o -> o.is(o.t(1, 50, -50).tanh(), 0.7615941559557649, 1, -1)),
        of(
            "log1p and expm1 near 0",
            o -> {
              o.is(o.t(0x1p-30).log1p(), 0x1p-30 - 0x1p-61);
              o.is(o.t(0x1p-30).expm1(), 0x1p-30 + 0x1p-61);
            }),
        of(
            "logarithms",
            o -> {
              o.is(o.t(8, 0.25).log2(), 3, -2);
              o.is(o.t(1000, 0.1).log10(), 3, -1);
            }),
        of(
            "atan2",
            o ->
                o.is(
                    o.t(1, -1, 1, 0).atan2(o.t(-1, -1, 0, -1)),
                    3 * Math.PI / 4,
                    -3 * Math.PI / 4,
                    Math.PI / 2,
                    Math.PI)),
        of(
            "softmax of 1, 2, 3",
            o -> {
              o.is(
                  o.t(1, 2, 3).softmax(0),
                  0.09003057317038046,
                  0.24472847105479767,
                  0.6652409557748219);
              o.is(o.t(1, 2, 3).logSumExp(new int[0], false), 3.4076059644443806);
            }),
        of(
            "variance of 1, 2, 3, 4",
            o -> {
              Tensor x = o.t(1, 2, 3, 4);
              o.is(x.var(new int[0], false, 1), 5 / 3.0);
              o.is(x.var(new int[0], false, 0), 1.25);
              o.is(x.std(new int[0], false, 0), Math.sqrt(1.25));
            }),
        of(
            "matrix product",
            o ->
                o.is(
                    o.m(new int[] {2, 2}, 1, 2, 3, 4).matmul(o.m(new int[] {2, 2}, 5, 6, 7, 8)),
                    19,
                    22,
                    43,
                    50)),
        of(
            "linear",
            o ->
                o.is(
                    o.m(new int[] {1, 2}, 1, 2)
                        .linear(o.m(new int[] {2, 2}, 3, 4, 5, 6), o.t(10, 20)),
                    21,
                    37)),
        of(
            "convolution of 1..9 with 1..4",
            o -> {
              Tensor x = o.m(new int[] {1, 3, 3, 1}, 1, 2, 3, 4, 5, 6, 7, 8, 9);
              Tensor w = o.m(new int[] {1, 2, 2, 1}, 1, 2, 3, 4);
              o.is(x.conv2d(w, 1, 0), 37, 47, 67, 77);
              o.is(x.conv2d(w, 2, 1), 4, 3 * 2 + 4 * 3, 2 * 4 + 4 * 7, 37 + 40);
              ConvSpec late = new ConvSpec(1, 1, 0, 0, 1, 1, 2, 2, 1);
              o.is(x.conv2d(w, null, late), 1 + 6 + 21 + 36, 2 + 24, 4 + 12, 5);
            }),
        of(
            "channels last: a 1x1 filter is a matrix product",
            o ->
                o.is(
                    o.m(new int[] {1, 1, 2, 2}, 1, 2, 3, 4)
                        .conv2d(o.m(new int[] {3, 1, 1, 2}, 1, 0, 0, 1, 1, 1), 1, 0),
                    1,
                    2,
                    3,
                    3,
                    4,
                    7)),
        of(
            "groups see their own channels",
            o ->
                o.is(
                    o.m(new int[] {1, 1, 1, 4}, 1, 2, 3, 4)
                        .conv2d(
                            o.m(new int[] {2, 1, 1, 2}, 1, 10, 100, 1000),
                            null,
                            new ConvSpec(1, 1, 0, 0, 0, 0, 1, 1, 2)),
                    21,
                    4300)),
        of(
            "max pooling",
            o ->
                o.is(
                    o.m(new int[] {1, 3, 3, 1}, 1, 9, 3, 4, 5, 6, 7, 8, 2).maxPool2d(2, 1),
                    9,
                    9,
                    8,
                    8)),
        of(
            "average pooling with and without counting the padding",
            o -> {
              Tensor x = o.m(new int[] {1, 2, 2, 1}, 1, 2, 3, 4);
              o.is(x.avgPool2d(new PoolSpec(2, 2, 2, 2, 1, 1, false, true)), 0.25, 0.5, 0.75, 1);
              o.is(x.avgPool2d(new PoolSpec(2, 2, 2, 2, 1, 1, false, false)), 1, 2, 3, 4);
            }),
        of(
            "ceil mode keeps the last, clipped window",
            o -> {
              Tensor x = o.m(new int[] {1, 1, 5, 1}, 1, 2, 3, 4, 5);
              o.is(x.maxPool2d(new PoolSpec(1, 2, 1, 2, 0, 0, true, true)), 2, 4, 5);
              o.is(x.maxPool2d(new PoolSpec(1, 2, 1, 2, 0, 0, false, true)), 2, 4);
              o.is(x.avgPool2d(new PoolSpec(1, 2, 1, 2, 0, 0, true, true)), 1.5, 3.5, 5);
            }),
        of(
            "cross entropy",
            o ->
                o.is(
                    CrossEntropy.crossEntropy(
                        o.m(new int[] {2, 2}, 0, 0, 10000, 0), Tensor.of(new int[] {1, 1})),
                    Math.log(2),
                    10000)),
        of(
            "running sums",
            o -> {
              o.is(o.t(1, 2, 3, 4).cumSum(0), 1, 3, 6, 10);
              o.is(Reduce.cumSum(o.t(1, 2, 3, 4), 0, true), 10, 9, 7, 4);
            }),
        of(
            "gather and scatter",
            o -> {
              Tensor x = o.m(new int[] {2, 2}, 1, 2, 3, 4);
              Tensor index = Tensor.of(new int[] {0, 0, 1, 0}, 2, 2);
              o.is(x.gather(1, index), 1, 1, 4, 3);
              o.is(x.gather(0, index), 1, 2, 3, 2);
              o.is(
                  o.t(0, 0, 0).scatterAdd(0, Tensor.of(new int[] {2, 0, 2}), o.t(1, 2, 3)),
                  2,
                  0,
                  4);
            }));
  }

  @TestFactory
  Stream<DynamicTest> edgeCases() {
    return Stream.of(
        of(
            "NaN passes through",
            o -> {
              o.is(o.t(NAN).relu(), NAN);
              o.is(o.t(NAN).clamp(-1, 1), NAN);
              o.is(o.t(NAN, 1).maximum(o.t(1, NAN)), NAN, NAN);
              o.is(o.t(NAN, 1).minimum(o.t(1, NAN)), NAN, NAN);
              o.is(o.t(1, NAN, 2).max(), NAN);
              o.is(o.t(1, NAN, 2).min(), NAN);
              o.is(o.t(1, NAN, 2).sum(), NAN);
              o.is(o.t(NAN).leakyRelu(0.1), NAN);
              o.is(o.t(NAN).elu(1), NAN);
              o.is(o.t(NAN).abs(), NAN);
              o.is(o.t(NAN).sigmoid(), NAN);
              o.is(o.t(NAN).tanh(), NAN);
              o.is(o.t(NAN).erf(), NAN);
              o.is(o.m(new int[] {1, 2, 2, 1}, 1, NAN, 3, 4).maxPool2d(2, 1), NAN);
            }),
        of(
            "NaN in long rows",
            o -> {
              double[] v = new double[40000];
              v[31234] = NAN;
              o.is(o.t(v).max(), NAN);
              o.is(o.t(v).min(), NAN);
              assertEquals(31234, o.t(v).argmax(0).item());
              assertEquals(31234, o.t(v).relu().isNaN().argmax(0).item());
            }),
        of(
            "infinities",
            o -> {
              o.is(o.t(INF, -INF).relu(), INF, 0);
              o.is(o.t(INF, -INF).clamp(-1, 2), 2, -1);
              o.is(o.t(INF, -INF).exp(), INF, 0);
              o.is(o.t(0, -1).log(), -INF, NAN);
              o.is(o.t(-1).sqrt(), NAN);
              o.is(o.t(1, -1, 0).div(0), INF, -INF, NAN);
              o.is(o.t(INF, -INF).tanh(), 1, -1);
              o.is(o.t(INF, -INF).atan(), Math.PI / 2, -Math.PI / 2);
              o.is(o.t(-INF, -INF).max(), -INF);
              o.is(o.t(INF, -INF).sum(), NAN);
            }),
        of(
            "powers",
            o -> {
              o.is(o.t(0, NAN, -2).pow(0), 1, 1, 1);
              o.is(o.t(-2, 2).pow(3), -8, 8);
              o.is(o.t(-8).pow(1 / 3.0), NAN);
              o.is(o.t(1, 1, 0, 2).pow(o.t(NAN, INF, 0, -1)), 1, 1, 1, 0.5);
              o.is(o.t(-1, -1, 1, -2).pow(o.t(INF, -INF, -INF, -INF)), 1, 1, 1, 0);
            }),
        of(
            "reducing nothing",
            o -> {
              o.is(o.t().sum(), 0);
              o.is(o.t().prod(), 1);
              o.is(o.t().mean(), NAN);
              o.is(o.m(new int[] {2, 0}).sum(1), 0, 0);
              o.is(o.m(new int[] {2, 0}).prod(1), 1, 1);
              assertEquals(0, o.t().any().item());
              assertEquals(1, o.t().all().item());
              o.is(o.t(3).var(new int[0], false, 1), NAN);
            }),
        of(
            "log of a sum of exponentials",
            o -> {
              o.is(o.t(-INF, -INF).logSumExp(new int[0], false), -INF);
              o.is(o.t(INF, 0).logSumExp(new int[0], false), INF);
              o.is(o.t(10000, 10000).logSumExp(new int[0], false), 10000 + Math.log(2));
              o.is(o.t(-10000, -INF).logSumExp(new int[0], false), -10000);
            }),
        of(
            "softmax of large and of excluded logits",
            o -> {
              o.is(o.t(10000, 0).softmax(0), 1, 0);
              o.is(o.t(-10000, -10000).softmax(0), 0.5, 0.5);
              o.is(o.t(0, -INF, 0).softmax(0), 0.5, 0, 0.5);
              o.is(o.t(0, -INF, 0).logSoftmax(0), -Math.log(2), -INF, -Math.log(2));
              o.is(o.t(-INF, -INF).softmax(0), NAN, NAN);
              o.is(o.t(10000, 0).logSoftmax(0), 0, -10000);
            }),
        of(
            "rounding goes to even",
            o -> {
              o.is(o.t(0.5, 1.5, 2.5, -0.5, -1.5, 2.4999).round(), 0, 2, 2, 0, -2, 2);
              o.is(o.t(-1.5, 1.5).trunc(), -1, 1);
              o.is(o.t(-1.5, 1.5).floor(), -2, 1);
              o.is(o.t(-1.5, 1.5).ceil(), -1, 2);
            }),
        of(
            "a remainder has the divisor's sign",
            o -> {
              o.is(o.t(-1, 1, 5.5, -6, 6).remainder(o.t(3, -3, 2, 3, -3)), 2, -2, 1.5, 0, 0);
              o.is(o.t(5, -5).remainder(INF), 5, INF);
              o.is(o.t(1).remainder(0), NAN);
              o.is(o.t(0x1p80).remainder(3), 1);
            }),
        of(
            "positions",
            o -> {
              assertEquals(1, o.t(1, 3, 3).argmax(0).item());
              assertEquals(0, o.t(1, 1, 3).argmin(0).item());
              assertEquals(1, o.t(1, NAN, 5, NAN).argmax(0).item());
              assertEquals(1, o.t(1, NAN, 0).argmin(0).item());
              assertArrayEquals(new int[] {1, 3, 0}, o.t(2, 5, 1, 5).topK(3).indices().ints());
              assertArrayEquals(new int[] {2, 0}, o.t(2, 5, 1, 5).topK(2, false).indices().ints());
              assertArrayEquals(new int[] {1, 2}, o.t(2, NAN, 9).topK(2).indices().ints());
              assertArrayEquals(new int[] {0, 2}, o.t(2, NAN, 9).topK(2, false).indices().ints());
              assertArrayEquals(
                  new double[] {Double.NEGATIVE_INFINITY},
                  Tensor.zeros(DType.F64, 1, 0).logSumExp(new int[] {1}, false).doubles());
            }),
        of(
            "comparisons with NaN",
            o -> {
              assertArrayEquals(new int[] {0, 1}, o.t(NAN, 1).eq(o.t(NAN, 1)).ints());
              assertArrayEquals(new int[] {1, 0}, o.t(NAN, 1).ne(o.t(NAN, 1)).ints());
              assertArrayEquals(new int[] {0}, o.t(NAN).lt(1).ints());
              assertArrayEquals(new int[] {0}, o.t(NAN).ge(1).ints());
              assertArrayEquals(new int[] {1, 0, 0}, o.t(NAN, INF, 0).isNaN().ints());
              assertArrayEquals(new int[] {0, 1, 1}, o.t(NAN, INF, -INF).isInf().ints());
              assertEquals(1, o.t(0, NAN).any().item());
            }),
        of(
            "gradients at kinks",
            o -> {
              Tensor x = o.t(0, -1, 2).requiresGrad(true);
              o.is(Autograd.grad(x.relu().sum(), x), 0, 0, 1);
              o.is(Autograd.grad(x.abs().sum(), x), 0, -1, 1);
              o.is(Autograd.grad(x.clamp(0, 2).sum(), x), 1, 0, 1);
              o.is(Autograd.grad(x.leakyRelu(0.5).sum(), x), 0.5, 0.5, 1);
              Tensor z = o.t(NAN, 1).requiresGrad(true);
              o.is(Autograd.grad(z.relu().sum(), z), 1, 1);
              Tensor p = o.t(0, 2).requiresGrad(true);
              o.is(Autograd.grad(p.pow(2).sum(), p), 0, 4);
              o.is(Autograd.grad(p.pow(o.t(2, 3)).sum(), p), 0, 12);
              o.is(Autograd.grad(p.prod(), p), 2, 0);
            }),
        of(
            "the first maximum of a window gets the gradient",
            o -> {
              Tensor x = o.m(new int[] {1, 2, 2, 1}, 5, 5, 5, 5).requiresGrad(true);
              o.is(Autograd.grad(x.maxPool2d(2, 1).sum(), x), 1, 0, 0, 0);
            }));
  }

  @TestFactory
  Stream<DynamicTest> typesArePromoted() {
    return Stream.of(
        of(
            "pairs",
            o -> {
              assertEquals(DType.F32, DType.promote(DType.I32, DType.F32));
              assertEquals(DType.F64, DType.promote(DType.F64, DType.F32));
              assertEquals(DType.F32, DType.promote(DType.F16, DType.BF16));
              assertEquals(DType.F16, DType.promote(DType.I32, DType.F16));
              assertEquals(DType.I32, DType.promote(DType.U8, DType.I32));
              assertEquals(DType.U8, DType.promote(DType.BOOL, DType.U8));
              assertEquals(o.type(), Tensor.arange(2).add(o.t(1, 2)).dtype());
            }),
        of(
            "integers divide truly",
            o -> {
              Tensor q = Tensor.of(new int[] {1, -3, 1}).div(Tensor.of(new int[] {2, 2, 0}));
              assertEquals(DType.F32, q.dtype());
              assertArrayEquals(new float[] {0.5f, -1.5f, Float.POSITIVE_INFINITY}, q.floats());
              assertArrayEquals(new float[] {0.5f}, Tensor.of(new int[] {1}).div(2).floats());
              assertArrayEquals(new float[] {2}, Tensor.of(new int[] {1}).rdiv(2).floats());
            }),
        of(
            "unsigned bytes wrap",
            o -> {
              Tensor b = Tensor.of(new byte[] {(byte) 200, 0, (byte) 255});
              assertEquals(DType.U8, b.add(b).dtype());
              assertArrayEquals(new int[] {144, 0, 254}, b.add(b).ints());
              assertArrayEquals(new int[] {44, 100, 99}, b.add(100).ints());
              assertArrayEquals(new int[] {199, 255, 254}, b.sub(1).ints());
              assertArrayEquals(new int[] {56, 0, 1}, b.neg().ints());
              assertArrayEquals(new int[] {144, 0, 254}, b.mul(2).ints());
              assertEquals(455, b.sum().item());
              assertEquals(DType.I32, b.sum().dtype());
            }),
        of(
            "constants that a byte or an int cannot hold",
            o -> {
              Tensor b = Tensor.of(new byte[] {0, (byte) 150});
              assertArrayEquals(new int[] {1, 1}, b.gt(-1).ints());
              assertArrayEquals(new int[] {1, 1}, b.lt(300).ints());
              assertArrayEquals(new float[] {0, 0.5f}, b.div(300).floats());
              assertArrayEquals(new int[] {300, 300}, b.maximum(300).ints());
              assertArrayEquals(new int[] {0, 1}, b.gt(0.5).ints());
              Tensor i = Tensor.of(new int[] {Integer.MAX_VALUE, -5});
              assertArrayEquals(new int[] {1, 1}, i.lt(3e9).ints());
              assertArrayEquals(new int[] {1, 1}, i.gt(-INF).ints());
              assertArrayEquals(
                  new int[] {7, 300}, Tensor.where(b.eq(0), Tensor.full(DType.U8, 7), 300).ints());
            }),
        of(
            "integers",
            o -> {
              Tensor i = Tensor.of(new int[] {-7, 7, 65537});
              assertArrayEquals(new int[] {2, 1, 2}, i.remainder(3).ints());
              assertArrayEquals(new int[] {49, 49, 131073}, i.square().ints());
              assertEquals(DType.I32, i.add(1).dtype());
              assertEquals(DType.F32, i.add(0.5).dtype());
              assertArrayEquals(new float[] {-6.5f, 7.5f, 65537.5f}, i.add(0.5).floats());
              assertEquals(DType.F32, i.mean().dtype());
              assertEquals(DType.F32, i.exp().dtype());
              assertEquals(DType.I32, i.max().dtype());
              assertArrayEquals(new int[] {-1, 1, 1}, i.sign().ints());
              Tensor big = Tensor.of(new int[] {Integer.MAX_VALUE});
              assertArrayEquals(new int[] {Integer.MIN_VALUE}, big.add(1).ints());
              assertArrayEquals(new int[] {1}, big.mul(big).ints());
              assertArrayEquals(new int[] {1}, big.square().ints());
            }),
        of(
            "powers of integers",
            o -> {
              Tensor i = Tensor.of(new int[] {-2, 0, 3, 2000000000});
              assertEquals(DType.I32, i.pow(3).dtype());
              // As products overflow: 2e9^3 modulo 2^32.
              int cube = (int) (2000000000L * 2000000000L) * 2000000000;
              assertArrayEquals(new int[] {-8, 0, 27, cube}, i.pow(3).ints());
              assertArrayEquals(new int[] {1, 1, 1, 1}, i.pow(0).ints());
              assertArrayEquals(i.ints(), i.pow(1).ints());
              assertArrayEquals(new int[] {0, 1}, Tensor.of(new int[] {0, -1}).pow(1e9).ints());
              assertEquals(DType.F32, i.pow(0.5).dtype());
              assertEquals(DType.F32, i.pow(-1).dtype());
              Tensor b = Tensor.of(new boolean[] {true, false});
              assertEquals(DType.I32, b.pow(2).dtype());
              assertArrayEquals(new int[] {1, 0}, b.pow(5).ints());
              Tensor u = Tensor.of(new byte[] {3, 2});
              assertEquals(DType.U8, u.pow(3).dtype());
              assertArrayEquals(new int[] {27, 8}, u.pow(3).ints());
            }),
        of(
            "truth values",
            o -> {
              Tensor b = Tensor.of(new boolean[] {true, false, true});
              assertEquals(2, b.sum().item());
              assertEquals(DType.I32, b.sum().dtype());
              assertEquals(2 / 3.0, b.mean().item(), 1e-7);
              assertArrayEquals(new int[] {2, 1, 2}, b.add(1).ints());
              assertArrayEquals(new int[] {1, 0, 1}, b.add(b).ints());
              assertArrayEquals(new int[] {0, 1, 0}, b.logicalNot().ints());
              assertArrayEquals(new int[] {1, 1, 2}, b.cumSum(0).ints());
              assertEquals(o.type(), b.mul(o.t(1, 2, 3)).dtype());
              o.is(b.mul(o.t(1, 2, 3)), 1, 0, 3);
            }),
        of(
            "casts",
            o -> {
              assertArrayEquals(new int[] {1, -1, 0}, o.t(1.9, -1.9, 0.5).to(DType.I32).ints());
              int[] ends = {Integer.MAX_VALUE, Integer.MIN_VALUE, 0, Integer.MAX_VALUE};
              Tensor wide = o.t(INF, -INF, NAN, 3e9);
              assertArrayEquals(ends, wide.to(DType.I32).ints());
              assertArrayEquals(ends, wide.ints());
              assertArrayEquals(
                  new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE},
                  Tensor.of(new double[] {-2147483648.9, 2147483647.9}).to(DType.I32).ints());
              assertArrayEquals(new int[] {1, 1, 0, 1}, o.t(0.1, NAN, 0, -3).to(DType.BOOL).ints());
              o.is(o.t(1, 2).to(DType.F16).to(o.type()), 1, 2);
              assertFalse(o.t(1).to(DType.I32).requiresGrad());
            }));
  }
}
