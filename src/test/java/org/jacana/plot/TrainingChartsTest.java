package org.jacana.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jacana.linalg.SpectralDensity;
import org.jacana.optim.RateFinder;
import org.jacana.optim.Schedule;
import org.junit.jupiter.api.Test;

/** Charts of runs, machines and spectra. */
class TrainingChartsTest {
  private static final double[] DOWN = {2, 1, 0.5, 0.1, Double.NaN};
  private static final double[] UP = {0.2, 0.6, 0.8, 0.9, 0.95};

  @Test
  void curvesOfARun() {
    Looks.sound(() -> TrainingCharts.loss(DOWN, UP));
    Picture alone = Looks.sound(() -> TrainingCharts.loss(UP, null));
    assertEquals(0, Looks.count(alone, Palette.rgb(1)));
    Picture both = Looks.sound(() -> TrainingCharts.accuracy(UP, UP));
    assertTrue(Looks.count(both, Palette.rgb(1)) > 1000);
    Looks.sound(() -> TrainingCharts.loss(new double[] {-1, -2, 0}, null));
    Looks.sound(() -> TrainingCharts.loss(new double[] {0.5}, new double[] {0.4}));
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> TrainingCharts.loss(UP, new double[] {1}));
    assertEquals("Loss: 5 train epochs but 1 test epochs", e.getMessage());
  }

  @Test
  void scheduleAndRangeTest() {
    Looks.sound(() -> TrainingCharts.schedule(Schedule.cosine(), 0.1, 5000));
    Looks.sound(() -> TrainingCharts.schedule(Schedule.constant(), 1e-5, 1));
    assertThrows(
        IllegalArgumentException.class, () -> TrainingCharts.schedule(Schedule.constant(), 0.1, 0));
    List<Double> rates = List.of(1e-4, 1e-3, 1e-2, 1e-1, 1.0);
    List<Double> losses = List.of(2.3, 2.2, 1.0, 4.0, 1e9);
    Picture marked =
        Looks.sound(
            () -> TrainingCharts.rateFinder(new RateFinder.Curve(rates, losses, losses, 0.001)));
    assertTrue(Looks.count(marked, Palette.rgb(1)) > 300, "the suggestion is not marked");
    Picture none =
        Looks.sound(
            () ->
                TrainingCharts.rateFinder(new RateFinder.Curve(rates, losses, losses, Double.NaN)));
    assertEquals(0, Looks.count(none, Palette.rgb(1)));
  }

  @Test
  void rooflineBoundsAndPicture() {
    Roofline r = new Roofline("GPU").compute("tensor", 100e12).compute("plain", 10e12);
    assertThrows(IllegalStateException.class, r::picture);
    r.memory("copy", 2e12);
    assertEquals(2e12, r.attainable(1));
    assertEquals(100e12, r.attainable(50));
    assertEquals(100e12, r.attainable(1e6));
    r.point("conv", 1e9, 1e8, 1e-4).point("add", 1e6, 1.2e7, 1e-5);
    Looks.sound(r::picture);
    Roofline many = new Roofline("Many").compute("peak", 1e13).memory("copy", 1e12);
    for (int i = 0; i < 20; i++) {
      many.point("operation " + i, 1e9, 1e9 / (1 + i), 1e-3 * (1 + i % 5));
    }
    Looks.sound(many::picture);
    var e = assertThrows(IllegalArgumentException.class, () -> r.point("bad", 1e9, 1e8, 0));
    assertEquals(
        "roofline: the time of 'bad' must be positive and finite, got 0.0", e.getMessage());
  }

  @Test
  void scaling() {
    Looks.sound(
        () ->
            ScalingChart.of(
                "Step", "threads", new int[] {1, 2, 4, 8}, new double[] {10, 19, 35, 50}));
    String[] names = {"a", "b"};
    double[] sizes = {1, 10, 100};
    double[][] rates = {{1, 10, 50}, {2, Double.NaN, 90}};
    Looks.sound(() -> ScalingChart.rates("Batches", "batch", "images/s", names, sizes, rates));
    int[] falling = {2, 1};
    assertThrows(
        IllegalArgumentException.class,
        () -> ScalingChart.of("S", "t", falling, new double[] {1, 1}));
    assertThrows(
        IllegalArgumentException.class,
        () -> ScalingChart.of("S", "t", new int[] {1, 2}, new double[] {1, -1}));
  }

  @Test
  void growth() {
    String[] names = {"forward", "step"};
    double[] sizes = {1, 10, 100, 1000};
    double[][] seconds = {{1e-3, 2e-3, 9e-3, 8e-2}, {4e-3, Double.NaN, 3e-2, 0.25}};
    Picture p = Looks.sound(() -> ScalingChart.growth("Growth", "batch", names, sizes, seconds));
    Picture both = p.above(p);
    assertEquals(2 * p.height(), both.height());
    assertEquals(p.width(), both.width());
    for (int y = 0; y < p.height(); y += 7) {
      for (int x = 0; x < p.width(); x += 7) {
        int rgb = p.image().getRGB(x, y);
        assertEquals(rgb, both.image().getRGB(x, y));
        assertEquals(rgb, both.image().getRGB(x, y + p.height()));
      }
    }
    Picture other = new Picture(p.image(), 1);
    assertThrows(IllegalArgumentException.class, () -> p.above(other));
    assertThrows(
        IllegalArgumentException.class,
        () -> ScalingChart.growth("G", "n", names, sizes, new double[][] {sizes}));
    double[][] nothing = {{Double.NaN, Double.NaN, Double.NaN, Double.NaN}};
    assertThrows(
        IllegalArgumentException.class,
        () -> ScalingChart.growth("G", "n", new String[] {"a"}, sizes, nothing));
  }

  @Test
  void spectrum() {
    double[][] nodes = {{-1, 0, 9}};
    double[][] weights = {{0.001, 0.99, 0.009}};
    SpectralDensity d = new SpectralDensity(nodes, weights, 1000);
    Looks.sound(() -> SpectrumChart.of("Hessian", d));
    SpectralDensity one = new SpectralDensity(new double[][] {{3}}, new double[][] {{1}}, 1);
    Looks.sound(() -> SpectrumChart.of("Identity", one));
  }
}
