package org.jacana.prob;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Supplier;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.junit.jupiter.api.Test;

/** Densities, distribution functions, quantiles and moments against SciPy 1.17's. */
class DistributionValuesTest {
  private record Row(
      Supplier<Distribution> make,
      double[] x,
      double[] logProb,
      double[] cdf,
      double[] p,
      double[] icdf,
      double[] moments) {}

  private static final List<Row> ROWS =
      List.of(
          new Row(
              () -> Normal.of(1.5, 2),
              new double[] {-3.0, 1.0, 4.25},
              new double[] {-4.143335713764618, -1.643335713764618, -2.557398213764618},
              new double[] {0.012224472655044696, 0.4012936743170763, 0.9154342776486644},
              new double[] {1e-12, 0.025, 0.5, 0.975},
              new double[] {-12.568967650602263, -2.419927969080109, 1.5, 5.419927969080108},
              new double[] {1.5, 4.0, 2.112085713764618}),
          new Row(
              () -> LogNormal.of(0.3, 0.7),
              new double[] {0.1, 1.0, 5.0},
              new double[] {-5.171361319001309, -0.6541003239598179, -3.921321549169199},
              new double[] {0.00010041159726974339, 0.3341175708976246, 0.969301502399577},
              new double[] {0.001, 0.3, 0.9},
              new double[] {0.15518107558716737, 0.935120053102655, 3.3104565019659122},
              new double[] {1.7246083823764355, 1.8806817386743677, 1.3622635892659403}),
          new Row(
              () -> Laplace.of(-1, 0.5),
              new double[] {-3.0, -1.1, 2.0},
              new double[] {-4.0, -0.20000000000000018, -6.0},
              new double[] {0.00915781944436709, 0.40936537653899085, 0.9987606239116669},
              new double[] {0.01, 0.4, 0.99},
              new double[] {-2.956011502714073, -1.1115717756571049, 0.9560115027140725},
              new double[] {-1.0, 0.5, 1.0}),
          new Row(
              () -> Uniform.of(-2, 3),
              new double[] {-1.5, 0.0, 2.9},
              new double[] {-1.6094379124341003, -1.6094379124341003, -1.6094379124341003},
              new double[] {0.1, 0.4, 0.9800000000000001},
              new double[] {0.0, 0.25, 1.0},
              new double[] {-2.0, -0.75, 3.0},
              new double[] {0.5, 2.083333333333333, 1.6094379124341003}),
          new Row(
              () -> Exponential.of(2.5),
              new double[] {0.01, 0.4, 3.0},
              new double[] {0.891290731874155, -0.083709268125845, -6.583709268125845},
              new double[] {0.02469008797166733, 0.6321205588285577, 0.9994469156298522},
              new double[] {0.001, 0.5, 0.999},
              new double[] {0.00040020013343341343, 0.2772588722239781, 2.7631021115928545},
              new double[] {0.4, 0.16000000000000003, 0.083709268125845}),
          new Row(
              () -> Gamma.of(0.3, 2),
              new double[] {1e-05, 0.1, 4.0},
              new double[] {7.171173984829068, 0.5239557244457399, -9.858259893434015},
              new double[] {0.043379717267390185, 0.6575067242697217, 0.9999757607263032},
              new double[] {0.01, 0.5, 0.999},
              new double[] {7.511113276180204e-08, 0.03656556793347599, 2.3094680213956664},
              new double[] {0.15, 0.075, -1.749116141281963}),
          new Row(
              () -> Gamma.of(7.5, 0.5),
              new double[] {2.0, 15.0, 60.0},
              new double[] {-9.227511417318679, -2.6306417837939584, -16.119728436514666},
              new double[] {2.9654977282546142e-05, 0.5485827887742752, 0.9999997477914921},
              new double[] {1e-06, 0.5, 0.999},
              new double[] {1.2159999158939057, 14.338859510956645, 37.69729821835383},
              new double[] {15.0, 30.0, 3.0735877697191167}),
          new Row(
              () -> Gamma.of(20000, 1),
              new double[] {19500.0, 20000.0, 20400.0},
              new double[] {-12.201528353936737, -5.8706864761479665, -9.837943179853028},
              new double[] {0.00018327005188799355, 0.5009403162337493, 0.9975393540563543},
              new double[] {0.01, 0.5, 0.99},
              new double[] {19672.4760789155, 19999.66666765434, 20330.465170489053},
              new double[] {20000.0, 20000.0, 6.370665642597735}),
          new Row(
              () -> Beta.of(0.5, 0.7),
              new double[] {0.001, 0.4, 0.99},
              new double[] {2.535571510131461, -0.3072132263928079, 0.4679699442634956},
              new double[] {0.025242234771196123, 0.5290745979529031, 0.9772566844115547},
              new double[] {0.01, 0.5, 0.95},
              new double[] {0.00015697035848113614, 0.3610839131320438, 0.9693759361774907},
              new double[] {0.4166666666666667, 0.11047979797979797, -0.19792388238665887}),
          new Row(
              () -> Beta.of(12, 3.5),
              new double[] {0.2, 0.8, 0.99},
              new double[] {-10.428042872165975, 1.3554591973530963, -3.789846116464089},
              new double[] {5.175330988775895e-07, 0.5529914972216476, 0.9999338072170834},
              new double[] {0.0001, 0.5, 0.95},
              new double[] {0.31963305297226685, 0.7861850022154745, 0.9212171855032325},
              new double[] {0.7741935483870968, 0.010595024122599566, -0.8996273492717677}),
          new Row(
              () -> Beta.of(5000, 8000),
              new double[] {0.37, 0.3846, 0.4},
              new double[] {-1.3721208865608787, 4.537911243371127, -1.914898270757476},
              new double[] {0.0002897701346546202, 0.4991148550552121, 0.9998345852766879},
              new double[] {0.01, 0.5, 0.99},
              new double[] {0.3747159882798281, 0.38460946727962947, 0.3945669906775246},
              new double[] {0.38461538461538464, 1.8205245022117097e-05, -4.037967649826896}),
          new Row(
              () -> StudentT.of(3, 0, 1),
              new double[] {-30.0, 0.2, 2.0},
              new double[] {-12.41510937912126, -1.027379303123551, -2.695484570397917},
              new double[] {4.067640213581979e-05, 0.5728648353768605, 0.9303370157205785},
              new double[] {1e-08, 0.5, 0.975},
              new double[] {-479.5250695797382, 0.0, 3.1824463052837078},
              new double[] {0.0, 3.0, 1.7734775718632907}),
          new Row(
              () -> StudentT.of(40.5, 1, 2),
              new double[] {-5.0, 1.001, 9.0},
              new double[] {-5.78217485734298, -1.6182580545897625, -8.526735205331304},
              new double[] {0.0023015458800154085, 0.5001982437451661, 0.9998689286142511},
              new double[] {0.005, 0.6, 0.999},
              new double[] {-4.405598284513723, 1.5100354493814403, 7.608077215033407},
              new double[] {1.0, 4.207792207792208, 2.1369269350195412}),
          new Row(
              () -> Poisson.of(3.7),
              new double[] {0.0, 3.0, 12.0},
              new double[] {-3.7, -1.5667610102775185, -7.987220659859738},
              new double[] {0.02472352647033939, 0.4941532441504184, 0.9998695760035722},
              new double[] {0.01, 0.5, 0.999},
              new double[] {0.0, 4.0, 11.0},
              new double[] {3.7, 3.7, 2.0450347988972126}),
          new Row(
              () -> Poisson.of(400),
              new double[] {350.0, 400.0, 470.0},
              new double[] {-7.112155787036954, -3.914879140048697, -9.791511555672514},
              new double[] {0.00586179969341434, 0.5132938289661275, 0.9997053564773811},
              new double[] {0.01, 0.5, 0.999},
              new double[] {354.0, 400.0, 463.0},
              new double[] {400.0, 400.0, 4.41446221217916}),
          new Row(
              () -> Bernoulli.of(0.3),
              new double[] {0.0, 1.0},
              new double[] {-0.35667494393873245, -1.2039728043259361},
              new double[] {0.7, 1.0},
              new double[] {0.2, 0.75},
              new double[] {0.0, 1.0},
              new double[] {0.3, 0.21, 0.6108643020548935}),
          new Row(
              () -> Binomial.of(10, 0.3),
              new double[] {0.0, 3.0, 10.0},
              new double[] {-3.5667494393873245, -1.321151277766889, -12.03972804325936},
              new double[] {0.028247524900000005, 0.6496107184000002, 1.0},
              new double[] {0.01, 0.5, 0.999},
              new double[] {0.0, 3.0, 8.0},
              new double[] {3.0, 2.1, 1.7790787840900626}),
          new Row(
              () -> Binomial.of(1000, 0.45),
              new double[] {400.0, 450.0, 520.0},
              new double[] {-8.753133814934415, -3.6748971911677586, -13.517914191575528},
              new double[] {0.0007933693696643445, 0.5130981984668288, 0.9999960572388081},
              new double[] {0.01, 0.5, 0.999},
              new double[] {413.0, 450.0, 499.0},
              new double[] {450.0, 247.5, 4.174640366878175}));

  private static void close(double[] expected, Tensor actual, double relative, String what) {
    double[] got = actual.doubles();
    assertEquals(expected.length, got.length, what);
    for (int i = 0; i < got.length; i++) {
      assertEquals(expected[i], got[i], relative * Math.max(1e-3, Math.abs(expected[i])), what);
    }
  }

  @Test
  void valuesAsPublished() {
    for (Row r : ROWS) {
      try (Scope s = Scope.open()) {
        Distribution d = r.make.get();
        Tensor x = Tensor.of(r.x);
        close(r.logProb, d.logProb(x), 1e-9, d + " logProb");
        close(r.cdf, d.cdf(x), 1e-9, d + " cdf");
        close(r.icdf, d.icdf(Tensor.of(r.p)), 1e-9, d + " icdf");
        double[] moments = {d.mean().item(), d.variance().item(), d.entropy().item()};
        close(r.moments, Tensor.of(moments), 1e-9, d + " mean, variance, entropy");
        assertEquals(d.icdf(Tensor.of(new double[] {0.5})).item(), d.median().item(), 1e-12);
      }
    }
  }

  @Test
  void samplesHaveTheirMoments() {
    int n = 20000;
    for (Row r : ROWS) {
      try (Scope s = Scope.open()) {
        Distribution d = r.make.get();
        Tensor x = d.sample(new Generator(11), n);
        assertArrayEquals(x.doubles(), d.sample(new Generator(11), n).doubles());
        double mean = d.mean().item();
        double variance = d.variance().item();
        assertEquals(mean, x.mean().item(), 5 * Math.sqrt(variance / n), d + " mean");
        if (d.name().equals("StudentT")) {
          continue; // Its fourth moment may be infinite.
        }
        Tensor squares = x.sub(mean).square();
        double error = squares.std(new int[] {0}, false, 1).item() / Math.sqrt(n);
        assertEquals(variance, squares.mean().item(), 5 * error, d + " variance");
        assertTrue(d.logProb(x).isInf().any().item() == 0, d + " support");
      }
    }
  }
}
