package org.jacana.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values of mathematical functions computed with 30 digits by mpmath, or by hand. */
class MathValuesTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private static Tensor apply(String f, Tensor x) {
    return switch (f) {
      case "exp2" -> x.exp2();
      case "asinh" -> x.asinh();
      case "acosh" -> x.acosh();
      case "atanh" -> x.atanh();
      case "erfc" -> x.erfc();
      case "erfinv" -> x.erfinv();
      case "lgamma" -> x.lgamma();
      case "digamma" -> x.digamma();
      case "polygamma1" -> x.polygamma(1);
      case "polygamma2" -> x.polygamma(2);
      case "polygamma5" -> x.polygamma(5);
      case "sinc" -> x.sinc();
      case "mish" -> x.mish();
      case "selu" -> x.selu();
      case "geluTanh" -> x.geluTanh();
      case "logSigmoid" -> x.logSigmoid();
      case "logit" -> x.logit();
      case "softsign" -> x.softsign();
      default -> throw new IllegalArgumentException(f);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "exp2, 0.5, 1.414213562373095",
    "exp2, -3.3, 0.10153154954452944",
    "exp2, 10.0, 1024.0",
    "asinh, 0.001, 0.00099999983333340833",
    "asinh, -2.0, -1.4436354751788103",
    "asinh, 10000000000.0, 23.718998110500402",
    "acosh, 1.0009765625, 0.044190578083110094",
    "acosh, 3.0, 1.7627471740390861",
    "acosh, 10000000000.0, 23.718998110500402",
    "atanh, 0.001, 0.0010000003333335333",
    "atanh, -0.75, -0.97295507452765665",
    "erfc, -1.0, 1.8427007929497149",
    "erfc, 0.5, 0.47950012218695346",
    "erfc, 1.5, 0.033894853524689273",
    "erfc, 2.0, 0.0046777349810472658",
    "erfc, 3.0, 2.2090496998585441e-5",
    "erfc, 5.0, 1.5374597944280349e-12",
    "erfc, 10.0, 2.0884875837625448e-45",
    "erfc, 26.0, 5.6631924088561428e-296",
    "erfinv, 0.0001, 8.8622692777289469e-5",
    "erfinv, -0.5, -0.47693627620446987",
    "erfinv, 0.75, 0.81341984759761854",
    "erfinv, 0.9990234375, 2.3314677736219477",
    "lgamma, 0.001, 6.9071788853838537",
    "lgamma, 0.5, 0.57236494292470009",
    "lgamma, 1.5, -0.12078223763524522",
    "lgamma, 2.25, 0.12487171489239659",
    "lgamma, 10.0, 12.80182748008147",
    "lgamma, 100.0, 359.1342053695754",
    "lgamma, -0.5, 1.2655121234846454",
    "lgamma, -2.75, 0.0044878975359557733",
    "digamma, 0.001, -1000.5755719318103",
    "digamma, 0.5, -1.9635100260214235",
    "digamma, 1.0, -0.57721566490153286",
    "digamma, 7.5, 1.9467574842460868",
    "digamma, 100.0, 4.6001618527380874",
    "digamma, -0.5, 0.036489973978576521",
    "digamma, -2.75, -1.959055264977997",
    "polygamma1, 0.5, 4.9348022005446793",
    "polygamma1, 1.0, 1.6449340668482264",
    "polygamma1, 7.5, 0.1426158966967038",
    "polygamma1, -0.5, 8.9348022005446793",
    "polygamma1, -2.75, 19.433868949488464",
    "polygamma2, 0.5, -16.82879664423432",
    "polygamma2, 1.0, -2.4041138063191886",
    "polygamma2, 30.0, -0.0011487652037285998",
    "polygamma2, -2.75, -124.11765305971518",
    "polygamma5, 0.5, 7691.1135486024355",
    "polygamma5, 2.5, 0.57856917856718348",
    "sinc, 0.125, 0.97449535840443265",
    "sinc, 0.5, 0.63661977236758134",
    "sinc, -1.25, -0.18006326323142121",
    "sinc, 0.47, 0.67424939498237752",
    "sinc, 3.75, -0.060021087743807071",
    "mish, -1.5, -0.29809974216680676",
    "mish, 0.25, 0.16957240966381759",
    "mish, 2.0, 1.9439589595339945",
    "selu, -1.5, -1.3658143533672527",
    "selu, 2.0, 2.101401974710961",
    "geluTanh, -1.5, -0.10042842301976708",
    "geluTanh, 0.25, 0.149675350701685",
    "geluTanh, 2.0, 1.954597694087775",
    "logSigmoid, -30.0, -30.000000000000094",
    "logSigmoid, 0.25, -0.57593941987884356",
    "logSigmoid, 2.0, -0.1269280110429725",
    "logit, 0.125, -1.9459101490553133",
    "logit, 0.75, 1.0986122886681097",
    "softsign, -3.0, -0.75",
    "softsign, 1.0, 0.5"
  })
  void valuesHaveTwelveDigits(String f, double x, double expected) {
    try (Scope s = Scope.open()) {
      double y = apply(f, Tensor.of(new double[] {x})).item();
      assertEquals(expected, y, 1e-14 + Math.abs(expected) * 1e-12);
    }
  }

  private static void check(double[] expected, Tensor y) {
    assertArrayEquals(expected, y.doubles(), 1e-14);
  }

  private static Tensor of(double... v) {
    return Tensor.of(v);
  }

  @Test
  void valuesAtTheEdges() {
    try (Scope s = Scope.open()) {
      check(new double[] {0, 2, NAN}, of(INF, -INF, NAN).erfc());
      check(new double[] {INF, -INF, NAN}, of(1, -1, 1.5).erfinv());
      check(new double[] {INF, INF, INF, 0, 0}, of(0, -3, INF, 1, 2).lgamma());
      check(new double[] {-INF, NAN, INF}, of(0, -3, INF).digamma());
      check(new double[] {INF, -INF, 0}, of(INF, -INF, 0).asinh());
      check(new double[] {INF, 0, NAN, NAN}, of(INF, 1, 0.5, -1e9).acosh());
      check(new double[] {INF, -INF, NAN, 0}, of(1, -1, 2, 0).atanh());
      check(new double[] {1, 0, 0, 0}, of(0, 1, -7, 0).sinc().sub(of(0, 0, 0, 1)).round());
      check(new double[] {0.5, -0.25, 0}, of(3.5, -2.25, 7).frac());
      check(new double[] {1, 2, 3, 4}, of(NAN, INF, -INF, 4).nanToNum(1, 2, 3));
    }
  }

  @Test
  void functionsOfTwoByHand() {
    try (Scope s = Scope.open()) {
      check(
          new double[] {5, 0, INF, 5},
          of(3, 0, INF, 3e200).hypot(of(-4, 0, 1, 4e200)).div(of(1, 1, 1, 1e200)));
      check(
          new double[] {Math.log(2), INF, -INF, 1000},
          of(0, INF, -INF, 1000).logAddExp(of(0, 3, -INF, -5)));
      check(new double[] {1.5, -1.5, 1.5, -1}, of(5.5, -5.5, 5.5, -3).fmod(of(2, 2, -2, 2)));
      check(
          new double[] {2, -3, -3, -2, INF},
          of(5.5, -5.5, 5.5, -4, 1).floorDivide(of(2, 2, -2, 2, 0)));
      assertArrayEquals(
          new int[] {-4, 3},
          Tensor.of(new int[] {-7, 7}).floorDivide(Tensor.of(new int[] {2, 2})).ints());
      check(new double[] {0, 0, NAN, 2 * Math.log(3)}, of(0, 0, 0, 2).xlogy(of(0, -1, NAN, 3)));
      check(new double[] {2, 5, 5, NAN}, of(1, NAN, 5, NAN).fmax(of(2, 5, NAN, NAN)));
      check(new double[] {1, 5, 5, NAN}, of(1, NAN, 5, NAN).fmin(of(2, 5, NAN, NAN)));
      check(new double[] {-1, 2, -3}, of(1, -2, 3).copySign(of(-0.0, 0.0, -5)));
      check(new double[] {1, 3, 2.2}, of(1, 1, 1).lerp(of(3, 3, 3), of(0, 1, 0.6)));
      check(
          new double[] {1, 0, 1, 0, 0},
          of(1, 1, INF, 1, NAN).isClose(of(1 + 1e-6, 1.1, INF, INF, NAN)));
      assertTrue(of(1, 2).allClose(of(1.05, 2), 0, 0.1));
      assertFalse(of(1, 2).allClose(of(1.05, 2.2), 0, 0.1));
    }
  }

  @Test
  void activationsByHand() {
    try (Scope s = Scope.open()) {
      Tensor x = of(-4, -1, 0, 2, 9);
      check(new double[] {-1, -1, 0, 1, 1}, x.hardtanh());
      check(new double[] {0, 0, 0, 2, 6}, x.relu6());
      check(new double[] {0, 1.0 / 3, 0.5, 5.0 / 6, 1}, x.hardsigmoid());
      check(new double[] {0, -1.0 / 3, 0, 5.0 / 3, 9}, x.hardswish());
      check(new double[] {-3, 0, 0, 1, 8}, x.softShrink(1));
      check(new double[] {-4, 0, 0, 2, 9}, x.hardShrink(1));
      check(new double[] {5, 5, 5, 2, 9}, x.threshold(1, 5));
      check(new double[] {2 * Math.expm1(-2), 2 * Math.expm1(-0.5), 0, 2, 9}, x.celu(2));
      check(new double[] {-2, -0.5, 0, 2, 9}, x.prelu(of(0.5)));
      check(new double[] {1.5, 1}, of(3, 2, 0, 0).glu(0));
      check(
          new double[] {NAN, NAN, NAN, NAN},
          Tensor.stack(
                  0,
                  of(NAN).hardShrink(1),
                  of(NAN).softShrink(1),
                  of(NAN).threshold(0, 1),
                  of(NAN).hardtanh())
              .reshape(4));
    }
  }

  private static double slope(java.util.function.UnaryOperator<Tensor> f, double at) {
    try (Scope s = Scope.open()) {
      Tensor x = of(at).requiresGrad(true);
      return Autograd.grad(f.apply(x).sum(), x).item() + 0.0;
    }
  }

  @Test
  void gradientsAtKinksArePyTorchs() {
    assertEquals(0, slope(Tensor::hardtanh, 1));
    assertEquals(0, slope(Tensor::relu6, 0));
    assertEquals(0, slope(Tensor::relu6, 6));
    assertEquals(0, slope(x -> x.hardShrink(1), 1));
    assertEquals(0, slope(x -> x.softShrink(1), 1));
    assertEquals(1, slope(x -> x.celu(2), 0));
    assertEquals(1, slope(Tensor::softsign, 0));
    assertEquals(0.5, slope(x -> x.logAddExp(of(3)), 3));
    assertEquals(1, slope(x -> x.fmax(of(3)), 3));
    assertEquals(0, slope(x -> x.copySign(of(-1)), 0));
    assertEquals(0, slope(x -> x.hypot(of(0)), 0));
    assertEquals(0, slope(Tensor::sinc, 0));
    assertEquals(0.25, slope(x -> x.prelu(of(0.25)), 0));
  }

  @Test
  void derivativesOfSincAtZero() {
    try (Scope s = Scope.open()) {
      Tensor x = of(0).requiresGrad(true);
      Tensor d = Autograd.grad(x.sinc().sum(), java.util.List.of(x), true).get(0);
      assertEquals(-Math.PI * Math.PI / 3, Autograd.grad(d.sum(), x).item(), 1e-13);
    }
  }

  @Test
  void refusals() {
    try (Scope s = Scope.open()) {
      Tensor x = Tensor.zeros(2, 3);
      assertEquals(
          "glu: axis 1 of [2, 3] must have an even extent",
          assertThrows(IllegalArgumentException.class, () -> x.glu(1)).getMessage());
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> x.prelu(Tensor.zeros(4, 2, 3)))
              .getMessage()
              .startsWith("prelu: the slope must broadcast to the input, got slope [4, 2, 3]"));
      assertThrows(IllegalArgumentException.class, () -> x.hardtanh(1, 0));
      assertThrows(IllegalArgumentException.class, () -> x.polygamma(-1));
      assertThrows(IllegalArgumentException.class, () -> x.celu(0));
      assertThrows(IllegalArgumentException.class, () -> x.softShrink(-1));
    }
  }
}
