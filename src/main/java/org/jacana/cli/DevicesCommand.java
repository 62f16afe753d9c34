package org.jacana.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.backend.Backends;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Lists the devices. */
@Command(
    name = "devices",
    description = "Lists the devices: what each is, or why it cannot be used.",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class)
final class DevicesCommand implements Callable<Integer> {
  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (Device d : List.of(Device.cuda(0), Device.CPU, Device.REFERENCE)) {
      String chosen = d.equals(Device.best()) ? " [auto]" : "";
      try {
        out.println(d + chosen + ": " + Backends.of(d).description());
      } catch (UnsupportedOperationException e) {
        String why = Sentence.firstLine(e.getMessage());
        out.println("not usable: " + why);
      }
    }
    return 0;
  }
}
