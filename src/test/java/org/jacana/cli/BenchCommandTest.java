package org.jacana.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.backend.cuda.CudaDevice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
  @Test
  void everyCaseRunsAndIsRight(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("b.json");
    Cli run = Cli.run("bench", "cpu", "--rehearse", "--json", file.toString());
    assertEquals(0, run.code(), run.out() + run.err());
    JsonObject b = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertTrue(b.get("copyGigabytes").getAsDouble() > 0);
    assertTrue(b.getAsJsonObject("productGigaflops").get("FP32").getAsDouble() > 0);
    assertTrue(b.getAsJsonArray("results").size() > 20, run.out());
    b.getAsJsonArray("results")
        .forEach(
            r -> {
              assertTrue(r.getAsJsonObject().get("micros").getAsDouble() > 0, r.toString());
              assertEquals(null, r.getAsJsonObject().get("wrong"), r.toString());
            });
  }

  @Test
  void comparesWithAnEarlierFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("b.json");
    Cli.run("bench", "cpu", "--rehearse", "--only", "^add", "--json", file.toString());
    String slow = Files.readString(file).replaceAll("icros\": ([0-9.E-]+)", "icros\": 0.0001");
    Path old = folder.resolve("old.json");
    Files.writeString(old, slow);
    Cli same = Cli.run("bench", "cpu", "--rehearse", "--only", "^add", "--compare", old.toString());
    assertEquals(0, same.code(), same.err());
    assertTrue(same.out().contains("slower"), same.out());
    Cli strict =
        Cli.run(
            "bench",
            "cpu",
            "--rehearse",
            "--only",
            "^add",
            "--compare",
            old.toString(),
            "--at-most",
            "2");
    assertEquals(1, strict.code(), strict.out());
  }

  @Test
  void drawsARoofline(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("roof.png");
    String[] args = {"bench", "cpu", "--rehearse", "--roofline", file.toString(), "--only", "conv"};
    assertEquals(0, Cli.run(args).code());
    assertTrue(javax.imageio.ImageIO.read(file.toFile()).getWidth() > 400);
    args[6] = "^add";
    assertEquals(1, Cli.run(args).code());
  }

  @Test
  void refusesWhatIsNoBenchmark(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("x.json"), "[1, 2");
    Cli run = Cli.run("bench", "cpu", "--rehearse", "--compare", file.toString());
    assertEquals(1, run.code());
    assertTrue(run.err().contains("bench --json"), run.err());
    assertEquals(2, Cli.run("bench", "cpu", "--rehearse", "--only", "(").code());
    assertEquals(2, Cli.run("bench", "cpu", "--rehearse", "--only", "nothing like it").code());
    assertEquals(2, Cli.run("bench", "cpu", "--at-most", "2").code());
    assertEquals(2, Cli.run("bench", "abacus").code());
  }

  @Test
  void everyCaseOfAGpuRunsAndIsRight(@TempDir Path folder) throws Exception {
    CudaDevice.backend();
    Path file = folder.resolve("b.json");
    String only = "kernel|replay|host|load|matmul|^conv";
    Cli run = Cli.run("bench", "cuda", "--rehearse", "--only", only, "--json", file.toString());
    assertEquals(0, run.code(), run.out() + run.err());
    JsonObject b = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    assertEquals(3, b.getAsJsonArray("clocks").size());
    for (JsonElement e : b.getAsJsonArray("clocks")) {
      JsonObject clock = e.getAsJsonObject();
      double measured = clock.get("megahertz").getAsDouble();
      assertTrue(run.out().contains(Math.round(measured) + " MHz, the median of"), run.out());
      if (CudaDevice.simulated()) {
        assertEquals(0.9 * clock.get("ratedMegahertz").getAsDouble(), measured, 2);
      }
    }
    Set<String> names = new HashSet<>();
    b.getAsJsonArray("results").forEach(r -> names.add(right(r.getAsJsonObject())));
    for (String name :
        List.of(
            "kernel launch in a stream",
            "kernel launch, and wait",
            "replay of a recorded step of 1, and wait",
            "host to device, pinned, 32 KiB",
            "host to device, pageable, 32 KiB",
            "device to host, pinned, 1 KiB",
            "device to host, pageable, 1 KiB",
            "matmul 24 TF32",
            "conv dw 3x3 n2 5x5 c4->3 FP16")) {
      assertTrue(names.contains(name), name + " is not among " + names);
    }
  }

  private static String right(JsonObject result) {
    assertEquals(null, result.get("wrong"), result.toString());
    assertTrue(result.get("micros").getAsDouble() > 0, result.toString());
    return result.get("name").getAsString();
  }

  @Test
  void timesOverBatchAndImage(@TempDir Path folder) throws Exception {
    Path picture = folder.resolve("scaling.png");
    Path file = folder.resolve("b.json");
    Cli run =
        Cli.run(
            "bench",
            "cpu",
            "--rehearse",
            "--scaling",
            picture.toString(),
            "--json",
            file.toString());
    assertEquals(0, run.code(), run.out() + run.err());
    BufferedImage drawn = javax.imageio.ImageIO.read(picture.toFile());
    assertTrue(drawn.getHeight() > drawn.getWidth(), "two charts, one below the other");
    JsonObject b = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    Map<String, Double> micros = new HashMap<>();
    for (JsonElement e : b.getAsJsonArray("results")) {
      micros.put(right(e.getAsJsonObject()), e.getAsJsonObject().get("micros").getAsDouble());
    }
    assertEquals(12, micros.size());
    int points = 0;
    for (JsonElement e : b.getAsJsonObject("scaling").getAsJsonArray("points")) {
      JsonObject p = e.getAsJsonObject();
      int size = p.get("size").getAsInt();
      int batch = p.get("batch").getAsInt();
      String name =
          String.format(
              "%s %s %dx%d batch %d",
              p.get("pass").getAsString(), p.get("model").getAsString(), size, size, batch);
      assertEquals(micros.get(name), p.get("micros").getAsDouble(), name);
      assertEquals(micros.get(name) / batch, p.get("microsPerImage").getAsDouble(), 1e-9, name);
      points++;
    }
    assertEquals(12, points);
    assertTrue(run.out().contains("lenet, images of 28x28"), run.out());
    assertTrue(run.out().contains("resnet8, batches of 2"), run.out());
    Cli.fails(2, "bench", "cpu", "--scaling", "a.png", "--roofline", "b.png", "--rehearse");
    String words = Cli.fails(2, "bench", "cpu", "--scaling", "a.svg", "--rehearse");
    assertEquals("jacana bench: --scaling: pictures are PNG files, but a.svg is not one", words);
  }
}
