package org.jacana.gpucheck;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.cli.Main;
import org.junit.jupiter.api.Test;

class BenchTest {
  @Test
  void everyCaseRunsOnAGpuAndIsRight() {
    assertEquals(Device.Kind.CUDA, Devices.all().get(0).kind());
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    assertEquals(0, Main.run(out, out, "bench", "cuda", "--rehearse"), text.toString());
  }
}
