package org.jacana.io.onnx;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.nn.Module;

/**
 * A graph that was read from an ONNX file, as a module that can be called and trained on.
 *
 * <p>Float initializers with at least one axis are parameters under the file's names, in the file's
 * order of axes but for filters, which are held as ours, [O, H, W, I]; a constant that the exporter
 * wrote as an initializer is therefore trained too, unless {@code requiresGrad(false)} is set on
 * it. Batch norm, dropout and recurrent operators are layers of ours inside. Starts in eval mode.
 */
public final class GraphModule extends Module {
  private final List<FileValue> inputs;
  private final List<FileValue> outputs;
  private final List<GraphBuilder.Step> steps;
  private final Map<String, Value> constants;
  private final Map<String, String> aliases;
  private final boolean channelsLast;
  private final Map<String, Integer> uses = new HashMap<>();

  GraphModule(
      Group content,
      OnnxFile file,
      List<GraphBuilder.Step> steps,
      Map<String, Value> constants,
      Map<String, String> aliases,
      boolean channelsLast) {
    content.children().forEach(this::child);
    content.namedParameters().forEach((n, p) -> register(n, p, true));
    content.namedBuffers().forEach((n, b) -> register(n, b, false));
    inputs = file.inputs();
    outputs = file.outputs();
    this.steps = steps;
    this.constants = constants;
    this.aliases = aliases;
    this.channelsLast = channelsLast;
    for (GraphBuilder.Step s : steps) {
      for (String i : s.inputs()) {
        if (i != null) {
          uses.merge(i, 1, Integer::sum);
        }
      }
    }
    outputs.forEach(o -> uses.merge(resolve(o.name()), 1, Integer::sum));
    eval();
  }

  private void register(String name, Tensor t, boolean trained) {
    if (name.contains(".")) {
      return;
    }
    if (trained) {
      parameter(name, t);
    } else {
      buffer(name, t);
    }
  }

  private String resolve(String name) {
    return aliases.getOrDefault(name, name);
  }

  /**
   * The first output for the only input.
   *
   * @throws IllegalArgumentException if the graph has several inputs, or the input does not fit
   */
  @Override
  protected Tensor forward(Tensor x) {
    if (inputs.size() != 1) {
      throw new IllegalArgumentException(
          this + ": has " + inputs.size() + " inputs; call run with all of them");
    }
    return compute(Map.of(inputs.get(0).name(), x))[0];
  }

  /**
   * All outputs by name, in the graph's order.
   *
   * @param given inputs by name
   * @throws IllegalArgumentException if names or shapes do not fit
   */
  public Map<String, Tensor> run(Map<String, Tensor> given) {
    if (given.isEmpty()) {
      throw new IllegalArgumentException(this + ": no input is given");
    }
    Tensor first = given.values().iterator().next();
    Tensor[] ys = call(first, () -> compute(given));
    Map<String, Tensor> out = new LinkedHashMap<>();
    for (int i = 0; i < ys.length; i++) {
      out.put(outputs.get(i).name(), ys[i]);
    }
    return out;
  }

  private Tensor[] compute(Map<String, Tensor> given) {
    Frame frame = new Frame();
    for (FileValue v : inputs) {
      Tensor x = given.get(v.name());
      if (x == null) {
        throw new IllegalArgumentException(
            this + ": input '" + v.name() + "' is missing, given are " + given.keySet());
      }
      Value in = channelsLast && x.rank() == 4 ? Value.last(x) : Value.of(x);
      requireFit(v, in.shape());
      frame.values.put(v.name(), in);
    }
    frame.values.putAll(constants);
    for (GraphBuilder.Step s : steps) {
      frame.run(s);
    }
    Tensor[] out = new Tensor[outputs.size()];
    for (int i = 0; i < out.length; i++) {
      Value y = frame.values.get(resolve(outputs.get(i).name()));
      if (y.isWhole()) {
        y = y.onDevice(given.values().iterator().next().backend());
      }
      out[i] = channelsLast && y.rank() == 4 ? y.channelsLast() : y.plain();
    }
    return out;
  }

  private void requireFit(FileValue wanted, Shape got) {
    int[] d = wanted.dims();
    boolean fits = d == null || d.length == got.rank();
    for (int i = 0; d != null && fits && i < d.length; i++) {
      fits = d[i] < 0 || d[i] == got.dim(i);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          this
              + ": input '"
              + wanted.name()
              + "' must be "
              + OnnxModel.shown(d)
              + " in the graph's order, got "
              + got);
    }
  }

  /** The values of one call; each is closed after its last use. */
  private final class Frame {
    final Map<String, Value> values = new HashMap<>();
    private final Map<String, Integer> left = new HashMap<>(uses);
    private final Map<Tensor, Integer> holders = new IdentityHashMap<>();

    void run(GraphBuilder.Step s) {
      Value[] in = new Value[s.inputs().length];
      for (int i = 0; i < in.length; i++) {
        in[i] = s.inputs()[i] == null ? null : values.get(s.inputs()[i]);
      }
      Value[] out;
      try (Scope scope = Scope.open()) {
        out = s.kernel().run(in);
        for (Value v : out) {
          if (!v.isWhole()) {
            scope.keep(v.tensor());
          }
        }
      } catch (IllegalArgumentException | ArithmeticException e) {
        throw new IllegalArgumentException("onnx: " + s.shown() + ": " + e.getMessage(), e);
      }
      for (int i = 0; i < s.outputs().length && i < out.length; i++) {
        values.put(s.outputs()[i], out[i]);
        if (!out[i].isWhole()) {
          holders.merge(out[i].tensor(), 1, Integer::sum);
        }
      }
      for (int i = 0; i < s.outputs().length && i < out.length; i++) {
        if (!uses.containsKey(s.outputs()[i])) {
          drop(out[i]);
        }
      }
      for (String i : s.inputs()) {
        if (i != null && left.merge(i, -1, Integer::sum) == 0) {
          drop(values.get(i));
        }
      }
    }

    private void drop(Value v) {
      if (v.isWhole() || !holders.containsKey(v.tensor())) {
        return;
      }
      int others = holders.merge(v.tensor(), -1, Integer::sum);
      Scope scope = Scope.current();
      if (others == 0 && scope.owns(v.tensor())) {
        v.tensor().close();
      }
    }
  }

  @Override
  public String toString() {
    return "GraphModule(" + steps.size() + " nodes)";
  }
}
