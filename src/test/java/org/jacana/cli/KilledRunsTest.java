package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledRunsTest {
  @TempDir Path folder;

  @Test
  @Timeout(300)
  void aKilledRunGoesOnToTheSameWeights() throws Exception {
    KilledRuns.Outcome o = new KilledRuns(folder, 700, 4).run(3);
    assertEquals(3, o.kills());
    assertTrue(o.finished() >= 1, o.toString());
  }
}
