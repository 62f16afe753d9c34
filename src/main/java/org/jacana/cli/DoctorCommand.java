package org.jacana.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.backend.CudaReport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Tells what computing on a GPU needs, what of it is here, and what to do about the rest. */
@Command(
    name = "doctor",
    description = "Checks what a GPU needs: driver, libraries, where they are, what is missing.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    footer = {"", "Exit codes: 0 a GPU can be used, 1 it cannot, 2 wrong options."})
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print the facts as JSON.")
  boolean json;

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    CudaReport cuda = Backends.cudaReport();
    if (json) {
      Report r = new Report();
      Versions.map().forEach(r::put);
      r.put("cpu", Backends.of(Device.CPU).description());
      r.put("cuda", cuda);
      r.put("usable", cuda.usable());
      out.print(r.json());
    } else {
      Map<String, String> versions = Versions.map();
      line(out, "Jacana", versions.get("jacana"));
      line(out, "Java", versions.get("java"));
      line(out, "System", system(versions.get("os")));
      line(out, "CPU", Backends.of(Device.CPU).description());
      print(out, cuda);
    }
    return cuda.usable() ? 0 : 1;
  }

  private static String system(String os) {
    Runtime r = Runtime.getRuntime();
    return os
        + ", "
        + r.availableProcessors()
        + " processors, Java's heap up to "
        + r.maxMemory() / (1 << 20)
        + " MiB";
  }

  private static void print(PrintWriter out, CudaReport cuda) {
    CudaReport.Driver d = cuda.driver();
    if (d.file() != null) {
      line(
          out,
          "Driver",
          (d.release() == null ? "" : d.release() + ", ")
              + (d.cuda() == null ? "" : "CUDA " + d.cuda() + ", ")
              + d.file());
    }
    trouble(out, d.file() == null ? "Driver" : "", d.problem(), d.fix());
    for (CudaReport.Gpu g : cuda.gpus()) {
      line(out, "GPU " + g.index(), gpu(g));
      trouble(out, "", g.problem(), null);
    }
    CudaReport.Kernels k = cuda.kernels();
    line(
        out,
        "Kernels",
        "PTX "
            + k.ptx()
            + " for compute capability "
            + k.capability()
            + " or newer"
            + (d.ptx() == null ? "" : "; the driver takes PTX up to " + d.ptx()));
    for (CudaReport.Library l : cuda.libraries()) {
      if (l.file() != null) {
        line(out, l.name(), (l.version() == null ? "" : l.version() + ", ") + l.file());
      }
      trouble(
          out,
          l.file() == null ? l.name() : "",
          l.problem() == null ? null : l.problem() + (l.needed() ? "" : " (not needed to train)"),
          l.fix());
    }
    if (cuda.libraries().stream().anyMatch(l -> l.file() == null)) {
      String name = "Searched";
      for (String place : cuda.searched()) {
        line(out, name, place);
        name = "";
      }
    }
    out.println();
    out.println(verdict(cuda));
  }

  private static String gpu(CudaReport.Gpu g) {
    List<String> products = g.products();
    return g.name()
        + ", compute capability "
        + g.capability()
        + ", "
        + g.memory() / (1 << 20)
        + " MiB, "
        + g.processors()
        + " multiprocessors, "
        + (products.isEmpty()
            ? "no tensor cores"
            : "tensor cores for " + String.join(", ", products));
  }

  private static String verdict(CudaReport cuda) {
    if (cuda.usable()) {
      return "A GPU can be used: " + cuda.gpus().get(0).name() + ".";
    }
    if (cuda.driver().problem() != null) {
      return "No GPU can be used: see Driver. The cpu can.";
    }
    List<String> missing =
        cuda.libraries().stream()
            .filter(l -> l.needed() && l.problem() != null)
            .map(CudaReport.Library::name)
            .toList();
    return "No GPU can be used: see " + String.join(" and ", missing) + ". The cpu can.";
  }

  private static void trouble(PrintWriter out, String name, String problem, String fix) {
    if (problem != null) {
      line(out, name, "problem: " + problem);
    }
    if (fix != null) {
      line(out, "", "fix: " + fix);
    }
  }

  private static void line(PrintWriter out, String name, String text) {
    out.printf("%-9s %s%n", name, text);
  }
}
