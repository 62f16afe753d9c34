package org.jacana.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.backend.Backends;
import org.jacana.data.FormatException;
import org.jacana.nn.BatchNorm;
import org.jacana.nn.Flatten;
import org.jacana.nn.Module;

/**
 * A module's weights as PyTorch's state_dict of the same network, both ways: names, filters [out,
 * in, kh, kw] instead of [out, kh, kw, in] (transposed [in, out, kh, kw], one-dimensional [out, in,
 * k]), and the columns of a {@code Linear} that reads flattened images, channels first there and
 * last here. Layer norms over three axes are taken as images, [channels, height, width] there.
 * Everything else (Linear, Embedding, LSTM, GRU, attention, norms) is the same in both.
 *
 * <p>Files are safetensors: {@code safetensors.torch.save_file(model.state_dict(), path)} writes
 * what {@link #load(Path)} reads, {@code model.load_state_dict(load_file(path))} reads what {@link
 * #save} writes. PyTorch's counter num_batches_tracked is ignored, and written as 0.
 *
 * <pre>{@code
 * TorchState.of(net)
 *     .rename("0", "conv1")
 *     .rename("3", "conv2")
 *     .rename("7", "fc")
 *     .input(28, 28, 1)
 *     .load(Path.of("lenet.safetensors"));
 * }</pre>
 *
 * The module stays the caller's.
 */
public final class TorchState {
  private static final String COUNTER = "num_batches_tracked";

  private final Module module;
  private final Map<String, String> names = new LinkedHashMap<>();
  private final TorchLayouts layouts;

  /** Whether it was said how flattened images are ordered. */
  private boolean ordered;

  private TorchState(Module module) {
    this.module = module;
    layouts = new TorchLayouts(module);
  }

  /** With equal names. A model with a {@code Flatten} needs one of the methods about it too. */
  public static TorchState of(Module module) {
    return new TorchState(module);
  }

  /**
   * A module or tensor that PyTorch's model calls otherwise; all inside it is renamed with it. Of
   * several that fit, the longest counts.
   *
   * @param own dotted name here; empty for the whole model, whose names then get a prefix
   * @param torch dotted name there; empty to leave {@code own} out
   * @throws IllegalArgumentException if there is no such module or tensor
   */
  public TorchState rename(String own, String torch) {
    if (!module.namedModules().containsKey(own) && !layouts.tensors().containsKey(own)) {
      throw new IllegalArgumentException(
          "torchState: there is no '"
              + own
              + "' in "
              + module
              + "; its modules are "
              + module.namedModules().keySet());
    }
    names.put(own, torch);
    return this;
  }

  /**
   * Finds the layers that read flattened images by running the model once, on zeros, in eval mode:
   * every {@code Linear} and norm behind a {@code Flatten} with nothing but activations and dropout
   * between. A model that flattens with {@code Tensor.flatten} needs {@link #flattened}.
   *
   * @param shape of one example, without the batch axis: height, width, channels
   * @throws IllegalArgumentException if the model cannot take it, or flattened features go into
   *     something else
   */
  public TorchState input(int... shape) {
    FlattenedFeatures.of(module, shape).forEach(layouts::flattened);
    ordered = true;
    return this;
  }

  /**
   * A layer that reads flattened images.
   *
   * @param layer dotted name of a Linear, or of a norm of its features
   * @param axes of what was flattened: height, width, channels; or length, channels
   * @throws IllegalArgumentException if there is no such layer, or it has another number of
   *     features
   */
  public TorchState flattened(String layer, int... axes) {
    layouts.flattened(layer, axes);
    ordered = true;
    return this;
  }

  /**
   * Says that PyTorch's model flattens in our order: channels last, or of one channel or position.
   */
  public TorchState sameOrder() {
    ordered = true;
    return this;
  }

  /**
   * A Linear whose outputs become images.
   *
   * @param layer dotted name
   * @param axes that they become: height, width, channels; or length, channels
   * @throws IllegalArgumentException if there is no such layer, or it has another number of outputs
   */
  public TorchState unflattened(String layer, int... axes) {
    layouts.unflattened(layer, axes);
    return this;
  }

  /**
   * A parameter of an own module that is a filter: [out, kh, kw, in] or [out, k, in].
   *
   * @param tensor its dotted name
   * @throws IllegalArgumentException if there is none, or it has not three or four axes
   */
  public TorchState filter(String tensor) {
    layouts.filter(tensor);
    return this;
  }

  /** PyTorch's name of one of ours. */
  String torchName(String own) {
    String best = null;
    for (String from : names.keySet()) {
      boolean fits = from.isEmpty() || own.equals(from) || own.startsWith(from + ".");
      if (fits && (best == null || from.length() > best.length())) {
        best = from;
      }
    }
    if (best == null) {
      return own;
    }
    String to = names.get(best);
    String rest = own.substring(Math.min(own.length(), best.isEmpty() ? 0 : best.length() + 1));
    return to.isEmpty() || rest.isEmpty() ? to + rest : to + "." + rest;
  }

  /** Our names by PyTorch's. */
  private Map<String, String> ownNames() {
    requireOrder();
    Map<String, String> own = new LinkedHashMap<>();
    for (String name : layouts.tensors().keySet()) {
      String torch = torchName(name);
      String other = own.put(torch, name);
      if (other != null || torch.isEmpty()) {
        throw new IllegalArgumentException(
            "torchState: "
                + (other == null ? name : other + " and " + name)
                + " would be called '"
                + torch
                + "'; rename one of them");
      }
    }
    return own;
  }

  /** Features in the wrong order would have the right shape and go unnoticed. */
  private void requireOrder() {
    module
        .namedModules()
        .forEach(
            (path, m) -> {
              if (m instanceof Flatten && !ordered) {
                throw new IllegalArgumentException(
                    "torchState: '"
                        + path
                        + "' flattens, which PyTorch does channels first; give the shape of one"
                        + " example by input(height, width, channels), or say sameOrder()");
              }
            });
  }

  private Set<String> counters() {
    Set<String> all = new LinkedHashSet<>();
    module
        .namedModules()
        .forEach(
            (path, m) -> {
              if (m instanceof BatchNorm) {
                all.add(torchName(path.isEmpty() ? COUNTER : path + "." + COUNTER));
              }
            });
    return all;
  }

  /**
   * A copy of the weights, by PyTorch's names and as it lays them out.
   *
   * @throws IllegalArgumentException if two tensors would have one name, or the order of flattened
   *     images was not said
   */
  public Map<String, StoredTensor> stateDict() {
    Map<String, StoredTensor> out = new LinkedHashMap<>();
    ownNames()
        .forEach(
            (torch, own) ->
                out.put(torch, layouts.of(own).forth(StoredTensor.of(layouts.tensors().get(own)))));
    for (String counter : counters()) {
      out.put(counter, new StoredTensor(DType.I32, Shape.scalar(), ByteBuffer.allocate(4)));
    }
    return out;
  }

  /**
   * Writes {@link #stateDict} to a safetensors file, which appears whole or not at all.
   *
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    new Safetensors(stateDict(), Map.of("format", "pt")).write(file);
  }

  /**
   * Overwrites the module's weights by those of a safetensors file.
   *
   * @throws FormatException if the file breaks a rule of the format
   * @throws IOException if the system cannot read it
   * @throws IllegalArgumentException as {@link #load(Map, String)}
   */
  public void load(Path file) throws IOException {
    load(Safetensors.read(file).tensors(), file.toString());
  }

  /**
   * Overwrites the module's weights by a state_dict. Names and shapes must fit exactly; a narrower
   * float type is widened. Of parameters that several modules share, one name is enough. Where
   * something does not fit, nothing is changed.
   *
   * @param from for messages: where the values come from
   * @throws IllegalArgumentException naming what is missing, unexpected or of another shape or
   *     type, or as {@link #stateDict}
   */
  public void load(Map<String, StoredTensor> stateDict, String from) {
    Map<String, String> own = ownNames();
    List<String> wrong = new ArrayList<>();
    Map<String, StoredTensor> values = new LinkedHashMap<>();
    Map<Tensor, StoredTensor> shared = new IdentityHashMap<>();
    own.forEach(
        (torch, name) -> {
          StoredTensor value = stateDict.get(torch);
          if (value != null) {
            Tensor to = layouts.tensors().get(name);
            String problem = problem(value, layouts.of(name).other(), to.dtype());
            if (problem != null) {
              wrong.add(torch + " " + problem);
              return;
            }
            StoredTensor here = layouts.of(name).back(widened(value, to.dtype()), to.shape());
            values.put(name, here);
            shared.put(to, here);
          }
        });
    Set<String> unexpected = new LinkedHashSet<>(stateDict.keySet());
    unexpected.removeAll(own.keySet());
    unexpected.removeAll(counters());
    unexpected.forEach(name -> wrong.add("unexpected " + name));
    own.forEach(
        (torch, name) -> {
          StoredTensor twin = shared.get(layouts.tensors().get(name));
          if (twin != null) {
            values.putIfAbsent(name, twin);
          } else if (!stateDict.containsKey(torch)) {
            wrong.add("missing " + torch);
          }
        });
    if (!wrong.isEmpty()) {
      String more = wrong.size() > 6 ? " and " + (wrong.size() - 6) + " more" : "";
      throw new IllegalArgumentException(
          from
              + ": the state_dict is not that of this "
              + module
              + ": "
              + String.join("; ", wrong.subList(0, Math.min(6, wrong.size())))
              + more
              + "; name what differs with rename(...)");
    }
    ModuleState.load(module, values, from);
  }

  private static String problem(StoredTensor value, Shape wanted, DType to) {
    if (!value.shape().equals(wanted)) {
      return "is " + value.shape() + ", not " + wanted;
    }
    boolean widens =
        value.dtype().isFloat()
            && to.isFloat()
            && (value.dtype().bytes() < to.bytes() || value.dtype() == to);
    return widens || value.dtype() == to ? null : "is " + value.dtype() + ", not " + to;
  }

  private static StoredTensor widened(StoredTensor value, DType to) {
    if (value.dtype() == to) {
      return value;
    }
    try (Scope s = Scope.open(Device.REFERENCE)) {
      Tensor narrow = value.tensor(Backends.of(Device.REFERENCE));
      return StoredTensor.of(narrow.to(to));
    }
  }
}
