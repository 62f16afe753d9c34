package org.jacana.gpucheck;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Precision;
import org.jacana.backend.Backends;
import org.jacana.cli.Main;

/**
 * Proves the CUDA backend on the machine's GPU: {@code ./jacana gpu-check --report FILE.json}. Runs
 * the tests that touch the GPU, trains against the CPU, checks determinism, recording and recovery,
 * then measures. Prints a table; exit code 0 when everything passed, 1 when something failed, 2
 * when there is no GPU.
 */
public final class GpuCheck {
  private final List<Finding> findings = new ArrayList<>();

  private GpuCheck() {}

  /** Runs the check. */
  public static void main(String[] args) throws Exception {
    Path report = null;
    boolean figures = true;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--report") && i + 1 < args.length) {
        report = Path.of(args[++i]);
      } else if (args[i].equals("--no-figures")) {
        figures = false;
      } else {
        System.err.println("gpu-check: unknown option " + args[i]);
        System.err.println("usage: ./jacana gpu-check [--report FILE.json] [--no-figures]");
        System.exit(2);
      }
    }
    // The tests want to know where a tensor was made; the figures are measured without that.
    System.setProperty("jacana.leaks", "true");
    if (System.getProperty("jacana.test.cuda") == null) {
      System.setProperty("jacana.test.cuda", "real");
    }
    boolean simulated = !"real".equals(System.getProperty("jacana.test.cuda"));
    List<Device> gpus = Devices.all().stream().filter(d -> d.kind() == Device.Kind.CUDA).toList();
    if (gpus.isEmpty()) {
      System.err.println("gpu-check: no GPU can be used here: " + Backends.whyNoCuda());
      System.err.println("./jacana doctor says what was looked for and what to do.");
      System.exit(2);
    }
    System.exit(new GpuCheck().run(gpus.get(0), simulated, figures, report));
  }

  private int run(Device gpu, boolean simulated, boolean figures, Path report) throws Exception {
    String device = Backends.of(gpu).description();
    System.out.println("gpu-check on " + gpu + ": " + device);
    if (simulated) {
      System.out.println("THIS IS THE STAND-IN, NOT A GPU: it proves logic and no speed.");
    }
    for (Class<?> type : TestSuite.classes()) {
      check(() -> TestSuite.run(type));
    }
    check(() -> Training.curve(gpu, "lenet", 28, 1));
    check(() -> Training.curve(gpu, "resnet8", 32, 3));
    check(() -> Training.recorded(gpu));
    check(() -> Training.deterministic(gpu, simulated ? 2 : 20));
    check(() -> Training.learns(gpu, Precision.FP32));
    check(() -> Training.learns(gpu, Precision.TF32));
    check(() -> Training.learns(gpu, Precision.BF16));
    check(() -> Training.learns(gpu, Precision.FP16));
    check(() -> Training.outOfMemory(gpu));
    check(() -> rehearse());
    if (!simulated) {
      Sanitizer.all().forEach(f -> check(() -> f));
    }
    JsonElement measured = figures && !simulated ? figures() : null;
    print();
    if (report != null) {
      write(report, gpu, simulated, measured);
      System.out.println("wrote " + report);
    }
    return findings.stream().allMatch(Finding::ok) ? 0 : 1;
  }

  /** The benchmark's cases, small and untimed. */
  private static Finding rehearse() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    int rc = Main.run(out, out, "bench", "cuda", "--rehearse");
    List<String> lines = text.toString().lines().filter(l -> !l.endsWith(" right")).toList();
    return rc == 0
        ? Finding.pass("bench rehearsed", "every case ran, small and untimed")
        : Finding.fail("bench rehearsed", "exit code " + rc, lines);
  }

  /** Measured in a process of its own, in which nothing else has run; null when that fails. */
  private JsonElement figures() throws IOException, InterruptedException {
    Path file = Files.createTempFile("figures", ".json");
    try {
      Process p =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx4g",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Main.class.getName(),
                  "bench",
                  "cuda",
                  "--json",
                  file.toString())
              .inheritIO()
              .start();
      int rc = p.waitFor();
      if (rc != 0) {
        findings.add(Finding.fail("bench", "the process ended with " + rc, List.of()));
      }
      return Files.size(file) == 0 ? null : JsonParser.parseString(Files.readString(file));
    } finally {
      Files.delete(file);
    }
  }

  private void check(Supplier<Finding> what) {
    Finding f;
    long start = System.nanoTime();
    try {
      f = what.get();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      f = Finding.fail("check " + (findings.size() + 1), e.toString(), stack(e));
    }
    findings.add(f);
    System.out.printf(
        "%-6s %-40s %s (%.1f s)%n",
        f.ok() ? "ok" : "FAILED", f.name(), f.summary(), (System.nanoTime() - start) / 1e9);
    f.details().stream().limit(20).forEach(d -> System.out.println("         " + d));
  }

  private static List<String> stack(Throwable e) {
    List<String> out = new ArrayList<>();
    for (StackTraceElement s : e.getStackTrace()) {
      if (out.size() < 12) {
        out.add("at " + s);
      }
    }
    return out;
  }

  private void print() {
    long failed = findings.stream().filter(f -> !f.ok()).count();
    System.out.println();
    System.out.println(findings.size() - failed + " checks passed, " + failed + " failed");
  }

  private void write(Path report, Device gpu, boolean simulated, JsonElement measured)
      throws IOException {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("date", LocalDate.now().toString());
    out.put("device", Backends.of(gpu).description());
    out.put("simulated", simulated);
    out.put("java", System.getProperty("java.runtime.version"));
    out.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    out.put("findings", findings);
    out.put("bench", measured);
    String json = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(out);
    Files.write(report, (json + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
