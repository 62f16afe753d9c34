package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class StepClockTest {
  @Test
  void leavesOutTheFirstSteps() {
    StepClock clock = new StepClock(1000);
    for (int i = 0; i < StepClock.WARM_UP; i++) {
      clock.add(100, 10);
    }
    for (int i = 1; i <= 301; i++) {
      clock.add(i / 1000.0, 10);
    }
    assertEquals(151, clock.medianMillis(), 1e-9);
    assertEquals(3010 / (301 * 302 / 2 / 1000.0), clock.imagesPerSecond(), 1e-9);
  }

  @Test
  void measuresTheLastStepOfAShortRun() {
    StepClock clock = new StepClock(2);
    clock.add(9, 10);
    clock.add(0.5, 10);
    assertEquals(500, clock.medianMillis(), 1e-9);
    assertEquals(20, clock.imagesPerSecond(), 1e-9);
  }

  @Test
  void evenCountsTakeTheMiddle() {
    StepClock clock = new StepClock(StepClock.WARM_UP + 2);
    for (int i = 0; i < StepClock.WARM_UP; i++) {
      clock.add(7, 1);
    }
    clock.add(1, 1);
    clock.add(2, 1);
    assertEquals(1500, clock.medianMillis(), 1e-9);
  }
}
