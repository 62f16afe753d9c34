package org.jacana.gpucheck;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jacana.Devices;
import org.junit.jupiter.api.Test;

/** What gpu-check measures runs, on a small scale and untimed. */
class FiguresTest {
  @Test
  void everyCaseRuns() {
    assertTrue(Figures.rehearse(Devices.all().get(0)).ok());
  }
}
