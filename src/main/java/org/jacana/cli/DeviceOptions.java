package org.jacana.cli;

import java.io.PrintWriter;
import org.jacana.Device;
import org.jacana.backend.Backends;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where to compute, and how. */
final class DeviceOptions {
  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, cpu or cuda; auto takes the fastest. A device that cannot be used is an error."
              + " Default: ${DEFAULT-VALUE}.")
  String device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads of the CPU's kernels. Default: one a core.")
  Integer threads;

  @Option(
      names = "--deterministic",
      description =
          "Same weights to the last bit whatever the number of threads; without it, for the same"
              + " number of threads.")
  boolean deterministic;

  void check(CommandLine line) {
    Choices.require(line, "device", device, Choices.DEVICES);
    if (threads != null && (threads < 1 || threads > 1024)) {
      throw new ParameterException(line, "--threads must be 1 to 1024, is " + threads);
    }
  }

  /**
   * Applies the settings, says what was chosen, and returns the device.
   *
   * @throws UnsupportedOperationException if the device asked for cannot be used
   */
  Device choose(PrintWriter out) {
    if (threads != null) {
      Device.threads(threads);
    }
    Device chosen =
        switch (device) {
          case "auto" -> Device.best();
          case "cuda" -> Device.cuda(0);
          default -> Device.CPU;
        };
    Backends.of(chosen).deterministic(deterministic);
    if (device.equals("auto")) {
      out.println("device: " + Device.choice());
      return chosen;
    }
    out.println("device: " + chosen + " (" + Backends.of(chosen).description() + "; as asked for)");
    return chosen;
  }
}
