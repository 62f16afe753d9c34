package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.DType;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.nn.Losses.Reduction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Losses against numbers found by hand or with NumPy from the published formulas. */
class LossValuesTest {
  private static final Reduction NONE = Reduction.NONE;
  private static final CrossEntropyOptions OPTIONS = CrossEntropyOptions.DEFAULT;

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor row(double... v) {
    return Tensor.of(v);
  }

  private static Tensor matrix(int columns, double... v) {
    return Tensor.of(v, v.length / columns, columns);
  }

  private static Tensor ints(int... v) {
    return Tensor.of(v);
  }

  private static void assertValues(Tensor actual, double... expected) {
    double[] a = actual.doubles();
    assertEquals(expected.length, a.length);
    for (int i = 0; i < a.length; i++) {
      assertEquals(expected[i], a[i], 1e-12 * (1 + Math.abs(expected[i])), "element " + i);
    }
  }

  private static Tensor logits() {
    return matrix(3, 1, 2, 3, 0, 0, 0, -1, 0.5, 2);
  }

  @Test
  void crossEntropyWithWeightsAndIgnoredLabels() {
    Tensor z = logits();
    Tensor w = row(0.5, 2, 3);
    CrossEntropyOptions o = OPTIONS.weights(w);
    Tensor y = ints(2, 0, 1);
    assertValues(
        Losses.crossEntropy(z, y, o.reduction(NONE)),
        1.2228178933331,
        0.54930614433405,
        3.4826225933143);
    assertValues(Losses.crossEntropy(z, y, o), 0.95540847836027);
    assertValues(Losses.crossEntropy(z, y, o.ignoreIndex(0)), 0.94108809732949);
    Tensor gap = ints(2, -100, 1);
    assertValues(Losses.crossEntropy(z, gap, OPTIONS), 1.0744586305508);
    assertValues(Losses.crossEntropy(z, gap, o), 0.94108809732949);
    assertValues(
        Losses.crossEntropy(z, gap, OPTIONS.reduction(NONE)), 0.40760596444438, 0, 1.7413112966572);
    Tensor log = z.logSoftmax(1);
    assertValues(Losses.nll(log, y), (0.40760596444438 + 1.0986122886681 + 1.7413112966572) / 3);
    assertValues(Losses.nll(log, y, w, 0, Reduction.MEAN), 0.94108809732949);
    assertValues(Losses.nll(log, gap, w, -100, NONE), 1.2228178933331, 0, 3.4826225933143);
  }

  @Test
  void crossEntropyWithSmoothing() {
    Tensor z = logits();
    Tensor y = ints(2, 0, 1);
    CrossEntropyOptions o = OPTIONS.smoothing(0.1);
    assertValues(
        Losses.crossEntropy(z, y, o.reduction(NONE)),
        0.50760596444438,
        1.0986122886681,
        1.7413112966572);
    assertValues(Losses.crossEntropy(z, y, o), 1.1158431832565);
    CrossEntropyOptions w = o.weights(row(0.5, 2, 3));
    assertValues(
        Losses.crossEntropy(z, y, w.reduction(NONE)),
        1.275263864148,
        0.69578778282314,
        3.32860073837);
    assertValues(Losses.crossEntropy(z, y, w), 0.96357316097111);
    assertValues(Losses.crossEntropy(z, y, w.ignoreIndex(0)), 0.9207729205036);
    Tensor p = matrix(3, 0.2, 0.3, 0.5, 0.1, 0.1, 0.8, 1, 0, 0);
    assertValues(
        Losses.crossEntropy(z, p, w.reduction(NONE)),
        1.701787569748,
        2.8216025613959,
        1.6528304878829);
    assertValues(Losses.crossEntropy(z, p, w), 2.0587402063423);
  }

  @Test
  void oneExampleWithoutAnAxis() {
    Tensor z = row(1, 2, 3);
    assertValues(Losses.crossEntropy(z, Tensor.full(DType.I32, 2)), 0.40760596444438);
    assertValues(Losses.crossEntropy(z, Tensor.full(DType.I32, 2), OPTIONS), 0.40760596444438);
    assertValues(Losses.crossEntropy(z, row(0, 0, 1)), 0.40760596444438);
  }

  @Test
  void whenEveryLabelIsIgnored() {
    Tensor z = logits().requiresGrad(true);
    Tensor y = ints(-100, -100, -100);
    assertTrue(Double.isNaN(Losses.crossEntropy(z, y, OPTIONS).item()));
    assertTrue(Double.isNaN(Losses.nll(z, y).item()));
    assertTrue(Double.isNaN(Losses.crossEntropy(z, y, OPTIONS.smoothing(0.1)).item()));
    Tensor sum = Losses.crossEntropy(z, y, OPTIONS.reduction(Reduction.SUM));
    assertEquals(0, sum.item());
    assertArrayEquals(new double[9], Autograd.grad(sum, z).doubles(), Double.MIN_NORMAL);
  }

  @Test
  void focal() {
    Tensor z = logits();
    Tensor y = ints(2, 0, 1);
    assertValues(
        Losses.softmaxFocal(z, y, null, 2, NONE),
        0.045677798967885,
        0.48827212829694,
        1.1843458039899);
    assertValues(
        Losses.softmaxFocal(z, y, row(0.5, 2, 3), 2, NONE),
        0.13703339690365,
        0.24413606414847,
        2.3686916079799);
    Tensor x = row(2, -1, 0.5);
    Tensor t = row(1, 0, 1);
    assertValues(
        Losses.sigmoidFocal(x, t, 0.25, 2, NONE),
        0.0004508907088101,
        0.01699354313135,
        0.016893372629376);
    assertValues(
        Losses.sigmoidFocal(x, t, -1, 2, NONE),
        0.0018035628352404,
        0.022658057508467,
        0.067573490517504);
  }

  /** The examples of PyTorch's documentation. */
  @Test
  void margins() {
    Tensor x = matrix(4, 0.1, 0.2, 0.4, 0.8);
    assertValues(Losses.multiMargin(x, ints(3)), 0.325);
    assertValues(Losses.multiMargin(x, ints(3), 2, 1, null, NONE), 0.1525);
    assertValues(Losses.multiMargin(x, ints(3), 2, 1, row(1, 1, 1, 2), NONE), 0.305);
    assertValues(Losses.multiMargin(x, ints(3), 1, 0.5, null, NONE), 0.025);
    Tensor y = Tensor.of(new int[] {3, 0, -1, 1}, 1, 4);
    assertValues(Losses.multiLabelMargin(x, y, Reduction.MEAN), 0.85);
    Tensor s = row(0.5, 2, 2, -1);
    assertValues(Losses.hinge(s, ints(1, 1, -1, -1), NONE), 0.5, 0, 3, 0);
    assertValues(
        Losses.softMargin(row(2, -1, 0.5), ints(1, 1, -1), NONE),
        0.12692801104297,
        1.3132616875182,
        0.97407698418011);
  }

  @Test
  void binaryCrossEntropy() {
    assertValues(
        Losses.binaryCrossEntropy(row(0.9, 0.2, 0.5), row(1, 0, 0.3), row(1, 2, 1), NONE),
        0.10536051565783,
        2 * 0.22314355131421,
        0.69314718055995);
    Tensor p = row(0, 1, 0, 1).requiresGrad(true);
    Tensor edge = Losses.binaryCrossEntropy(p, row(1, 0, 0, 1), null, NONE);
    assertValues(edge, 100, 100, 0, 0);
    assertValues(Autograd.grad(edge.sum(), p), -1e12, 1e12, 0, 0);
    assertTrue(Double.isNaN(Losses.binaryCrossEntropy(row(1.5), row(1)).item()));
    assertTrue(Double.isNaN(Losses.binaryCrossEntropy(row(-0.5), row(0)).item()));
  }

  @Test
  void binaryCrossEntropyWithLogits() {
    Tensor x = row(2, -1, 0.5);
    Tensor t = row(1, 0, 0.3);
    assertValues(
        Losses.binaryCrossEntropyWithLogits(x, t, null, null, NONE),
        0.12692801104297,
        0.31326168751822,
        0.82407698418011);
    assertValues(
        Losses.binaryCrossEntropyWithLogits(x, t, row(2, 1, 1), row(3), NONE),
        2 * 0.38078403312892,
        0.31326168751822,
        1.1085231746882);
    Tensor hard = matrix(3, 1, 0, 1);
    assertValues(
        Losses.multiLabelSoftMargin(x.reshape(1, 3), hard, null, NONE),
        (0.12692801104297 + 0.31326168751822 + 0.47407698418011) / 3);
  }

  @Test
  void extremeLogitsStayFinite() {
    for (DType type : new DType[] {DType.F32, DType.F64}) {
      Tensor x = row(1e4, -1e4, 1e4, -1e4).to(type).detach().requiresGrad(true);
      Tensor t = row(0, 1, 1, 0).to(type);
      double[] big = {1e4, 1e4, 0, 0};
      double[] slopes = {1, -1, 0, 0};
      Tensor bce = Losses.binaryCrossEntropyWithLogits(x, t, null, null, NONE);
      assertValues(bce, big);
      assertValues(Autograd.grad(bce.sum(), x), slopes);
      Tensor focal = Losses.sigmoidFocal(x, t, -1, 2, NONE);
      assertValues(focal, big);
      assertValues(Autograd.grad(focal.sum(), x), slopes);
      Tensor soft = Losses.softMargin(x, ints(-1, 1, 1, -1), NONE);
      assertValues(soft, big);
      assertValues(Autograd.grad(soft.sum(), x), slopes);

      Tensor z = matrix(2, 1e4, -1e4, 1e4, -1e4).to(type).detach().requiresGrad(true);
      Tensor y = ints(0, 1);
      double[] rows = {0, 2e4};
      double[] both = {0, 0, 1, -1};
      for (Tensor loss :
          new Tensor[] {
            Losses.crossEntropy(z, y, OPTIONS.reduction(NONE)),
            Losses.softmaxFocal(z, y, null, 2, NONE),
            Losses.nll(z.logSoftmax(1), y, null, -100, NONE)
          }) {
        assertValues(loss, rows);
        assertValues(Autograd.grad(loss.sum(), z), both);
      }
      assertArrayEquals(
          new double[] {1000, 19000},
          Losses.crossEntropy(z, y, OPTIONS.smoothing(0.1).reduction(NONE)).doubles(),
          1e-2);
      Tensor even = matrix(2, 0, 0, 0, 0).to(type);
      double far = 1e4 - Math.log(2);
      assertArrayEquals(
          new double[] {far, far}, Losses.distillation(z, even, 1, NONE).doubles(), 1e-3);
      assertArrayEquals(
          new double[] {Math.log(2), Math.log(2)},
          Losses.distillation(even, z, 1, NONE).doubles(),
          1e-6);
    }
  }

  @Test
  void regression() {
    Tensor x = row(0.5, 2, -3, 1).requiresGrad(true);
    Tensor y = row(0, 0, 0, 1);
    assertValues(Losses.l1(x, y, NONE), 0.5, 2, 3, 0);
    assertValues(Losses.l1(x, y), 1.375);
    assertValues(Autograd.grad(Losses.l1(x, y, Reduction.SUM), x), 1, 1, -1, 0);
    assertValues(Losses.huber(x, y, 1, NONE), 0.125, 1.5, 2.5, 0);
    assertValues(Losses.huber(x, y, 2, NONE), 0.125, 2, 4, 0);
    assertValues(Autograd.grad(Losses.huber(x, y, 2, Reduction.SUM), x), 0.5, 2, -2, 0);
    assertValues(Losses.smoothL1(x, y, 2, NONE), 0.0625, 1, 2, 0);
    assertValues(Losses.smoothL1(x, y, 0, NONE), 0.5, 2, 3, 0);
    double inf = Double.POSITIVE_INFINITY;
    Tensor far = row(inf, -inf).requiresGrad(true);
    Tensor loss = Losses.huber(far, row(0, 0), 2, NONE);
    assertValues(Autograd.grad(loss.sum(), far), 2, -2);
  }

  @Test
  void likelihoods() {
    assertValues(
        Losses.poissonNll(row(2, -1, 0.5), row(1, 0, 1), true, false, 1e-8, NONE),
        5.3890560989307,
        0.36787944117144,
        1.1487212707001);
    Tensor rates = row(2, 0.5, 1.5);
    Tensor counts = row(3, 1, 0);
    assertValues(
        Losses.poissonNll(rates, counts, false, true, 1e-8, NONE),
        1.6846399868632,
        1.1931471605599,
        1.5);
    assertValues(
        Losses.poissonNll(rates, counts, true, true, 1e-8, NONE),
        3.1531376424737,
        1.1487212707001,
        4.4816890703381);
    Tensor m = row(1, 2, 3);
    Tensor y = row(1.5, 2, 1);
    Tensor v = row(0.25, 2, 1e-9).requiresGrad(true);
    Tensor loss = Losses.gaussianNll(m, y, v, false, 1e-6, NONE);
    assertValues(loss, -0.19314718055995, 0.34657359027997, 1999993.0922447);
    assertValues(
        Losses.gaussianNll(m, y, v, true, 1e-6, NONE),
        0.72579135264473,
        1.2655121234846,
        1999994.0111833);
    // (1 / v - (m - y)^2 / v^2) / 2 at the limited v.
    assertValues(Autograd.grad(loss.sum(), v), 0, 0.25, 0.5e6 - 2e12);
  }

  @Test
  void divergences() {
    Tensor x = matrix(3, 0.2, 0.3, 0.5, 0.6, 0.3, 0.1).log();
    Tensor t = matrix(3, 0.1, 0.9, 0, 0.5, 0.25, 0.25);
    assertValues(
        Losses.klDivergence(x, t, false, NONE),
        -0.069314718055995,
        0.9887510598013,
        0,
        -0.091160778396977,
        -0.045580389198489,
        0.22907268296854);
    assertValues(Losses.klDivergence(x, t, false, Reduction.SUM), 1.0117678571184);
    assertValues(Losses.klDivergence(x, t, false, Reduction.BATCH_MEAN), 0.50588392855919);
    assertValues(Losses.klDivergence(x, t, false, Reduction.MEAN), 0.1686279761864);
    Tensor positive = t.slice(0, 1, 2);
    Tensor model = x.slice(0, 1, 2);
    assertValues(
        Losses.klDivergence(model, positive.log(), true, NONE),
        -0.091160778396977,
        -0.045580389198489,
        0.22907268296854);
    assertValues(
        Losses.distillation(matrix(3, 1, 2, 3), matrix(3, 3, 1, 0.5), 4, Reduction.MEAN),
        1.8264303510907);
  }

  @Test
  void angles() {
    Tensor a = matrix(3, 1, 2, 2, 1, 0, 0, 3, 4, 0);
    Tensor b = matrix(3, 2, 1, 2, 0, 2, 0, -3, -4, 0);
    assertValues(Losses.cosineSimilarity(a, b, 1), 8 / 9.0, 0, -1);
    assertValues(Losses.cosineSimilarity(a, row(1, 0, 0), -1), 1 / 3.0, 1, 0.6);
    assertValues(Losses.cosineEmbedding(a, b, ints(1, -1, -1), 0, NONE), 1 / 9.0, 0, 0);
    assertValues(Losses.cosineEmbedding(a, b, ints(-1, 1, 1), 0.5, NONE), 8 / 9.0 - 0.5, 1, 2);
    Tensor zero = row(0, 0, 0).requiresGrad(true);
    Tensor unit = row(0, 1, 0);
    Tensor cos = Losses.cosineSimilarity(zero, unit, 0);
    assertEquals(0, cos.item());
    assertValues(Autograd.grad(cos, zero), 0, 1e8, 0);
    Tensor loss = Losses.cosineEmbedding(zero, unit, Tensor.full(DType.I32, 1), 0, Reduction.MEAN);
    assertEquals(1, loss.item());
    assertArrayEquals(new double[] {0, -1e6, 0}, Autograd.grad(loss, zero).doubles(), 1e-3);
  }

  @Test
  void ranksAndDistances() {
    Tensor x = row(0.3, 2, 0.4, 1).requiresGrad(true);
    Tensor hinge = Losses.hingeEmbedding(x, ints(1, -1, -1, -1), 1, NONE);
    assertValues(hinge, 0.3, 0, 0.6, 0);
    // At the kink PyTorch's clamp passes the gradient on.
    assertValues(Autograd.grad(hinge.sum(), x), 1, 0, -1, -1);
    assertValues(
        Losses.marginRanking(row(1, 2, 0), row(2, 1, 0), ints(1, 1, -1), 0.5, NONE), 1.5, 0, 0.5);
  }

  @Test
  void triplets() {
    Tensor a = matrix(3, 1, 2, 2, 1, 0, 0, 3, 4, 0);
    Tensor p = matrix(3, 2, 1, 2, 0, 2, 0, -3, -4, 0);
    Tensor n = matrix(3, 1, 2, 4, 0, 0, 3, 2, 3, 1);
    double inf = Double.POSITIVE_INFINITY;
    assertValues(Losses.tripletMargin(a, p, n, 1, 1, 1e-6, false, NONE), 1, 0, 12.000002);
    assertValues(
        Losses.tripletMargin(a, p, n, 1, 2, 1e-6, false, NONE),
        0.41421456237366,
        0.073790502573562,
        9.2679500150801);
    assertValues(
        Losses.tripletMargin(a, p, n),
        (0.41421456237366 + 0.073790502573562 + 9.2679500150801) / 3);
    assertValues(
        Losses.tripletMargin(a, p, n, 1, 3, 1e-6, false, NONE),
        0.25992204989613,
        0.043495025412093,
        8.5536340751905);
    assertValues(Losses.tripletMargin(a, p, n, 1, inf, 1e-6, false, NONE), 2e-6, 0, 8);
    // Distances 3, 5 and, from positive to negative, 2.
    Tensor zero = matrix(1, 0);
    assertValues(Losses.tripletMargin(zero, matrix(1, 3), matrix(1, 5), 1, 2, 0, false, NONE), 0);
    assertValues(Losses.tripletMargin(zero, matrix(1, 3), matrix(1, 5), 1, 2, 0, true, NONE), 2);
    Tensor same = zero.detach().requiresGrad(true);
    Tensor loss = Losses.tripletMargin(same, zero, zero, 1, 2, 0, false, Reduction.SUM);
    assertEquals(1, loss.item());
    assertValues(Autograd.grad(loss, same), 0);
  }

  @Test
  void emptyBatches() {
    Tensor z = Tensor.zeros(0, 3);
    Tensor y = Tensor.zeros(DType.I32, 0);
    assertTrue(Double.isNaN(Losses.crossEntropy(z, y, OPTIONS).item()));
    assertEquals(0, Losses.crossEntropy(z, y, OPTIONS.reduction(Reduction.SUM)).item());
    assertTrue(Double.isNaN(Losses.l1(z, z).item()));
    assertEquals(0, Losses.multiMargin(z, y, 1, 1, null, Reduction.SUM).item());
    assertTrue(Double.isNaN(Losses.binaryCrossEntropy(z, z).item()));
  }
}
