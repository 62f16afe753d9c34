package org.jacana.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.data.FormatException;
import org.jacana.io.ModuleState;
import org.jacana.io.StoredTensor;
import org.jacana.nn.Module;
import org.jacana.optim.Optimizer;

/**
 * Everything from which a training run goes on to the same bits: a safetensors file whose metadata
 * has a version and a checksum of the whole file. {@link Checkpoints} writes them during a run,
 * {@link Trainer#resume} goes on from one.
 *
 * @param model parameters and buffers by name
 * @param parts the state of the run itself, its optimizer, its callbacks, ... by name
 * @param generators seed and offset, "seed:offset", of each stream of random numbers by name
 * @param history the finished epochs
 * @param provenance where it comes from: versions, device, precision, data, options
 */
public record Checkpoint(
    Map<String, StoredTensor> model,
    Map<String, Part> parts,
    Map<String, String> generators,
    List<History.Epoch> history,
    Map<String, String> provenance) {
  /** The version of the format that is written; older ones are read for ever. */
  public static final int VERSION = 1;

  /** The part that says where in the data the run stands. */
  static final String RUN = "run";

  static final String PREFIX = "checkpoint-";

  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d{9,18})\\.safetensors");

  /**
   * The state of one part.
   *
   * @param tensors by name
   * @param scalars by name
   */
  public record Part(Map<String, StoredTensor> tensors, Map<String, Double> scalars) {
    /** Copies the maps. */
    public Part {
      tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
      scalars = Collections.unmodifiableMap(new LinkedHashMap<>(scalars));
    }

    /** A copy of a state's content. */
    public static Part of(Optimizer.State state) {
      Map<String, StoredTensor> copies = new LinkedHashMap<>();
      state.tensors().forEach((name, t) -> copies.put(name, StoredTensor.of(t)));
      return new Part(copies, state.scalars());
    }

    /** The state with new tensors on a device, owned by the innermost scope. */
    public Optimizer.State state(Device device) {
      Map<String, Tensor> copies = new LinkedHashMap<>();
      tensors.forEach((name, t) -> copies.put(name, t.tensor(Backends.of(device))));
      return new Optimizer.State(copies, scalars);
    }
  }

  /** Copies the maps and the list. */
  public Checkpoint {
    model = Collections.unmodifiableMap(new LinkedHashMap<>(model));
    parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
    generators = Collections.unmodifiableMap(new LinkedHashMap<>(generators));
    history = List.copyOf(history);
    provenance = Collections.unmodifiableMap(new LinkedHashMap<>(provenance));
  }

  /**
   * The state of a training loop that is written by hand; take what else is to be saved from the
   * optimizer's and others' {@code state()}.
   *
   * <pre>{@code
   * Checkpoint.of(model, epoch, batch, step, Map.of("optimizer", adam.state())).write(file);
   * ...
   * Checkpoint c = Checkpoint.read(file);
   * c.load(model);
   * adam.load(c.parts().get("optimizer").state(device));
   * }</pre>
   *
   * @param epoch finished epochs
   * @param batch batches of the next epoch that were trained on
   * @param step steps of the optimizer
   * @param states by name
   */
  public static Checkpoint of(
      Module model, int epoch, int batch, long step, Map<String, Optimizer.State> states) {
    if (epoch < 0 || batch < 0 || step < 0) {
      throw new IllegalArgumentException(
          "checkpoint: epoch, batch and step must be at least 0, are "
              + List.of(epoch, batch, step));
    }
    Map<String, Double> place = new LinkedHashMap<>();
    place.put("epoch", (double) epoch);
    place.put("batch", (double) batch);
    place.put("step", (double) step);
    Map<String, Part> parts = new LinkedHashMap<>();
    states.forEach((name, state) -> parts.put(name, Part.of(state)));
    if (parts.put(RUN, new Part(Map.of(), place)) != null) {
      throw new IllegalArgumentException("checkpoint: no state may be called " + RUN);
    }
    return new Checkpoint(ModuleState.copy(model), parts, Streams.save(model), List.of(), Map.of());
  }

  /**
   * Puts back a model's parameters and buffers and the streams of random numbers.
   *
   * @throws IllegalArgumentException if they are another model's; nothing has changed then
   */
  public void load(Module model) {
    Runnable streams = Streams.restoring(model, generators);
    ModuleState.load(model, this.model, "checkpoint");
    streams.run();
  }

  /** Optimizer steps that the run had made. */
  public long step() {
    return number("step");
  }

  /** Epochs that the run had finished. */
  public int epoch() {
    return (int) number("epoch");
  }

  /** Batches of the next epoch that the run had trained on. */
  public int batch() {
    return (int) number("batch");
  }

  private long number(String key) {
    return parts.get(RUN).scalars().get(key).longValue();
  }

  /** Writes the file; it is on the disk, whole, when this returns, or the old one still is. */
  public void write(Path file) throws IOException {
    CheckpointFile.write(this, file);
  }

  /**
   * Reads one file.
   *
   * @throws FormatException if a bit of it is not as it was written, or its version is newer
   * @throws IOException if it is missing or cannot be read
   */
  public static Checkpoint read(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such checkpoint");
    }
    return CheckpointFile.read(file);
  }

  /** The name of the checkpoint after a step. */
  static String name(long step) {
    return String.format("checkpoint-%09d.safetensors", step);
  }

  /**
   * The checkpoints in a folder by name alone, newest first; none if there is no such folder.
   *
   * @throws IOException if the folder cannot be read
   */
  public static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<Path> found;
    try (Stream<Path> files = Files.list(folder)) {
      found = new ArrayList<>(files.filter(f -> stepOf(f) >= 0).toList());
    }
    found.sort((a, b) -> Long.compare(stepOf(b), stepOf(a)));
    return found;
  }

  static long stepOf(Path file) {
    Matcher m = NAME.matcher(file.getFileName().toString());
    return m.matches() ? Long.parseLong(m.group(1)) : -1;
  }

  /**
   * The newest checkpoint of a folder that can be read; empty if there is none at all.
   *
   * @param note hears of damaged ones that were passed over
   * @throws FormatException if there are some and all are damaged
   * @throws IOException if the folder cannot be read
   */
  public static Optional<Checkpoint> newest(Path folder, Consumer<String> note) throws IOException {
    FormatException first = null;
    for (Path file : list(folder)) {
      try {
        Checkpoint c = read(file);
        return Optional.of(c);
      } catch (FormatException e) {
        note.accept("a damaged checkpoint is passed over: " + e.getMessage());
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
    return Optional.empty();
  }

  /**
   * A file's checkpoint, or the newest readable one of a folder.
   *
   * @param note hears of damaged ones that were passed over
   * @throws FormatException if there is none that can be read
   * @throws IOException if there is none
   */
  public static Checkpoint find(Path fileOrFolder, Consumer<String> note) throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return read(fileOrFolder);
    }
    return newest(fileOrFolder, note)
        .orElseThrow(
            () ->
                new NoSuchFileException(
                    fileOrFolder.toString(),
                    null,
                    "there is no checkpoint (" + name(0).replace("000000000", "*") + ") in it"));
  }
}
