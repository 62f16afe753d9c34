package org.jacana.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * What a model consists of, found by one forward pass in eval mode. Modules that only pass on what
 * is inside them, such as Sequential, have no row.
 *
 * @param rows the calls in the order they finished
 * @param parameters trained values, shared ones counted once
 * @param multiplyAdds of convolutions and linear layers for one image (entry of the first axis)
 * @param activationBytes of all rows' outputs for the whole batch, views not counted
 * @param parameterBytes of the trained values
 */
public record Summary(
    List<Row> rows, long parameters, long multiplyAdds, long activationBytes, long parameterBytes) {

  /**
   * One call.
   *
   * @param path the dotted name inside the model
   * @param type the module's text, such as Linear(784, 10)
   * @param parameters of the module itself; 0 at a second call of the same module
   * @param multiplyAdds for the whole batch
   */
  public record Row(
      String path, String type, Shape input, Shape output, long parameters, long multiplyAdds) {}

  /**
   * Runs the model once on zeros.
   *
   * @param input the input's shape with the batch axis
   * @throws IllegalArgumentException if the model does not take such an input
   */
  public static Summary of(Module model, Shape input) {
    if (input.rank() == 0 || input.size() == 0) {
      throw new IllegalArgumentException(
          "summary: the input's shape needs a batch axis and no empty one, got " + input);
    }
    Map<String, Module> modules = model.namedModules();
    Map<Module, Boolean> modes = new IdentityHashMap<>();
    modules.values().forEach(m -> modes.put(m, m.isTraining()));
    List<Tensor> weights = model.parameters();
    Trace trace = new Trace(modules);
    Device device = weights.isEmpty() ? Device.best() : weights.get(0).device();
    try (Autograd.Mode off = Autograd.noGrad();
        Scope scope = Scope.open(device)) {
      DType type = weights.isEmpty() ? DType.F32 : weights.get(0).dtype();
      Tensor x = Tensor.zeros(type, input.dims());
      model.eval();
      Module.observe(trace, () -> model.apply(x));
    } finally {
      modules.values().forEach(m -> m.train(modes.get(m)));
    }
    long macs = trace.rows.stream().mapToLong(Row::multiplyAdds).sum();
    return new Summary(
        List.copyOf(trace.rows),
        model.parameterCount(),
        macs / input.dim(0),
        trace.bytes,
        weights.stream().mapToLong(w -> w.size() * w.dtype().bytes()).sum());
  }

  private static final class Trace implements Module.Observer {
    final List<Row> rows = new ArrayList<>();
    long bytes;
    private final Map<Module, String> paths = new IdentityHashMap<>();
    private final Set<Tensor> outputs = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<Tensor> counted = new HashSet<>();

    Trace(Map<String, Module> modules) {
      modules.forEach((path, m) -> paths.putIfAbsent(m, path));
    }

    @Override
    public void called(Module m, Tensor x, Tensor y) {
      boolean passesOn = !m.children().isEmpty() && outputs.contains(y);
      outputs.add(y);
      long own = 0;
      for (Map.Entry<String, Tensor> p : m.namedParameters().entrySet()) {
        if (!p.getKey().contains(".") && counted.add(p.getValue())) {
          own += p.getValue().size();
        }
      }
      if (passesOn && own == 0) {
        return;
      }
      if (y.view().buffer() != x.view().buffer()) {
        bytes += y.size() * y.dtype().bytes();
      }
      String path = paths.getOrDefault(m, "?");
      rows.add(
          new Row(
              path.isEmpty() ? "(model)" : path,
              m.toString(),
              x.shape(),
              y.shape(),
              own,
              m.multiplyAdds(x.shape(), y.shape())));
    }
  }

  /** A table of the rows and, below it, the totals. */
  @Override
  public String toString() {
    List<String[]> cells = new ArrayList<>();
    cells.add(new String[] {"name", "type", "input", "output", "parameters", "multiply-adds"});
    for (Row r : rows) {
      cells.add(
          new String[] {
            r.path,
            r.type,
            r.input.toString(),
            r.output.toString(),
            String.format(Locale.ROOT, "%,d", r.parameters),
            String.format(Locale.ROOT, "%,d", r.multiplyAdds)
          });
    }
    int[] width = new int[6];
    for (String[] row : cells) {
      for (int i = 0; i < width.length; i++) {
        width[i] = Math.max(width[i], row[i].length());
      }
    }
    String line =
        "%-" + width[0] + "s  %-" + width[1] + "s  %-" + width[2] + "s  %-" + width[3] + "s  %"
            + width[4] + "s  %" + width[5] + "s%n";
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      s.append(String.format(Locale.ROOT, line, (Object[]) cells.get(i)));
      if (i == 0) {
        int total = 2 * (width.length - 1);
        for (int w : width) {
          total += w;
        }
        s.append("-".repeat(total)).append(System.lineSeparator());
      }
    }
    return s.append(
            String.format(
                Locale.ROOT,
                "%nparameters               %,d (%.2f MB)%nmultiply-adds per image  %,d%n"
                    + "activations              %.2f MB%n",
                parameters,
                parameterBytes / 1e6,
                multiplyAdds,
                activationBytes / 1e6))
        .toString();
  }
}
