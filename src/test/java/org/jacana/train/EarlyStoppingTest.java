package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Generator;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Init;
import org.jacana.nn.Linear;
import org.jacana.nn.Sequential;
import org.junit.jupiter.api.Test;

class EarlyStoppingTest {
  private static void fill(Sequential model, double value) {
    model.parameters().forEach(p -> Init.constant(value).fill(p, Generator.standard()));
    model.namedBuffers().values().forEach(b -> Init.constant(value).fill(b, Generator.standard()));
  }

  @Test
  void stopsAndRestoresTheBest() {
    try (Sequential model = new Sequential(new Linear(2, 3), new BatchNorm(3));
        EarlyStopping loss = new EarlyStopping(model, 1, 0.1, false);
        EarlyStopping accuracy = new EarlyStopping(model, 0, 0, true)) {
      assertThrows(IllegalStateException.class, loss::restore);
      double[] metric = {3, 2, 1.95, 1.8, Double.NaN, 1.75};
      boolean[] stop = {false, false, false, false, false, true};
      for (int i = 0; i < metric.length; i++) {
        fill(model, i);
        assertEquals(stop[i], loss.stop(metric[i]), "measurement " + i);
      }
      assertEquals(1.8, loss.best());
      loss.restore();
      double[] three = {3, 3, 3, 3, 3, 3};
      assertArrayEquals(three, model.parameters().get(0).doubles());
      model.namedBuffers().values().forEach(b -> assertEquals(3, b.doubles()[0]));

      assertFalse(accuracy.stop(0.5));
      assertFalse(accuracy.stop(0.6));
      assertTrue(accuracy.stop(0.6));
      assertThrows(IllegalArgumentException.class, () -> new EarlyStopping(model, -1, 0, false));
      assertThrows(
          IllegalArgumentException.class, () -> new EarlyStopping(model, 0, Double.NaN, false));
    }
  }
}
