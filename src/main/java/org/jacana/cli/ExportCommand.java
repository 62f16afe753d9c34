package org.jacana.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.io.Npz;
import org.jacana.io.TorchState;
import org.jacana.io.onnx.Onnx;
import org.jacana.io.onnx.OnnxExport;
import org.jacana.nn.Module;
import org.jacana.train.SavedModel;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a saved model in a format that other programs read. */
@Command(
    name = "export",
    description = {
      "Writes a saved model for other programs.",
      "onnx takes images as they are after normalising, (pixel / 255 - mean) / std; mean, std and"
          + " the classes' names are in its metadata. pytorch is a safetensors file that"
          + " model.load_state_dict(safetensors.torch.load_file(...)) reads into the same"
          + " nn.Sequential. npz holds the weights under their names, as"
          + " they lie in memory: filters [O, H, W, I]."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {
  private static final List<String> FORMATS = List.of("onnx", "pytorch", "npz");

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "Folder that train --out wrote, or its " + SavedModel.FILE + ".")
  Path file;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      defaultValue = "onnx",
      description = "onnx, pytorch or npz. Default: ${DEFAULT-VALUE}.")
  String format;

  @Option(
      names = "--to",
      paramLabel = "FILE",
      description =
          "Where to write. Default: model.onnx, model.npz or pytorch.safetensors beside the saved"
              + " model.")
  Path target;

  @Option(
      names = "--channels-last",
      description = "For onnx: images [N, H, W, C], not [N, C, H, W].")
  boolean channelsLast;

  @Override
  public Integer call() throws IOException {
    Choices.require(spec.commandLine(), "format", format, FORMATS);
    if (channelsLast && !format.equals("onnx")) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--channels-last is for --format onnx");
    }
    SavedModel saved = SavedModel.read(file);
    Path folder = Files.isDirectory(file) ? file : file.toAbsolutePath().getParent();
    String usual = format.equals("pytorch") ? "pytorch.safetensors" : "model." + format;
    Path to = target != null ? target : folder.resolve(usual);
    switch (format) {
      case "onnx" -> onnx(saved, to);
      case "pytorch" -> torch(saved, to);
      default -> new Npz(saved.weights()).write(to);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("wrote %s, %,d bytes%n", to, Files.size(to));
    return 0;
  }

  private static void torch(SavedModel saved, Path to) throws IOException {
    try (Scope scope = Scope.open(Device.CPU);
        Module net = saved.build()) {
      TorchState.of(net).input(saved.input()).save(to);
    }
  }

  private void onnx(SavedModel saved, Path to) throws IOException {
    int[] in = saved.input();
    Map<String, String> about = new LinkedHashMap<>(saved.more());
    about.put("model", saved.model());
    about.put("dataset", saved.dataset());
    about.put("classes", String.join("\n", saved.classNames()));
    about.put("mean", Arrays.toString(saved.scale().mean()));
    about.put("std", Arrays.toString(saved.scale().std()));
    try (Scope scope = Scope.open(Device.CPU);
        Module net = saved.build()) {
      OnnxExport export = Onnx.export(net, Shape.of(in[0], in[1], in[2])).metadata(about);
      if (channelsLast) {
        export.channelsLast();
      }
      export.write(to);
    }
  }
}
