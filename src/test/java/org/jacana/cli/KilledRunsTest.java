package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class KilledRunsTest {
  @TempDir Path folder;

  @Test
  @Timeout(300)
  void aKilledRunGoesOnToTheSameWeights() throws Exception {
    KilledRuns.Outcome o = new KilledRuns(folder, 400, 4).run(3);
    assertEquals(3, o.kills());
    assertTrue(o.finished() >= 1, o.toString());
  }

  /** What Ctrl-C does: the step is finished, a checkpoint saved, and the way on is said. */
  @Test
  @Timeout(300)
  void anInterruptedRunSaysHowToGoOn() throws Exception {
    KilledRuns runs = new KilledRuns(folder, 400, 4);
    Process whole = runs.start(folder.resolve("whole"), false);
    String hash = KilledRuns.hash(whole, KilledRuns.reader(whole), new ArrayList<>());
    Path out = folder.resolve("out");
    Process p = runs.start(out, false);
    List<String> said = new ArrayList<>();
    try (BufferedReader in = KilledRuns.reader(p)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        said.add(line);
        if (line.startsWith("epoch 1/3")) {
          // The handle, because the process's own destroy() closes what it says.
          p.toHandle().destroy();
        }
      }
      // By Ctrl-C itself it is 130.
      assertNotEquals(0, p.waitFor());
    } finally {
      p.destroyForcibly().waitFor();
    }
    String last = said.get(said.size() - 1);
    assertTrue(
        last.matches("stopped after [12] of 3 epochs; go on with: jacana train --resume --out .*"),
        String.join("\n", said));
    Process again = runs.start(out, true);
    assertEquals(hash, KilledRuns.hash(again, KilledRuns.reader(again), new ArrayList<>()));
  }
}
