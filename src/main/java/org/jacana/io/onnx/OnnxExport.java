package org.jacana.io.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jacana.DType;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.io.AtomicFile;
import org.jacana.nn.EvalMode;
import org.jacana.nn.Module;

/**
 * Writes a model made of our layers as an ONNX graph for inference: batch norm by its running
 * statistics, no dropout, adapters of low rank merged. Weights are F32 and are named as the model's
 * parameters; operator set 18, format version 8.
 *
 * <p>The first axis of input and output is the batch and stays open; all others are fixed. Filters
 * are written as [O, I, H, W]. An image input is [N, C, H, W], as programs that run ONNX expect,
 * and so is an image output, unless {@link #channelsLast} is called; inside, one Transpose stands
 * where a layer, such as Flatten or Linear, needs our order [N, H, W, C]. Other ranks, such as
 * sequences [N, T, F], keep our order.
 */
public final class OnnxExport {
  /** The operator set that the graphs are written in. */
  public static final int OPERATOR_SET = 18;

  private static final int IR_VERSION = 8;
  private static final String BATCH = "N";
  static final String VERSION = "0.1.0-SNAPSHOT";

  private final Module model;
  private final Shape example;
  private boolean channelsLast;
  private boolean integers;
  private String inputName = "input";
  private String outputName = "output";
  private final Map<String, String> metadata = new TreeMap<>();

  OnnxExport(Module model, Shape example) {
    this.model = model;
    this.example = example;
    if (example.size() == 0) {
      throw new IllegalArgumentException("onnx: an example must not be empty, got " + example);
    }
  }

  /** Image inputs and outputs in our order, [N, H, W, C]. */
  public OnnxExport channelsLast() {
    channelsLast = true;
    return this;
  }

  /** The input is INT64 numbers, as for a model that starts with an Embedding. */
  public OnnxExport integerInput() {
    integers = true;
    return this;
  }

  /** Names of the graph's input and output, "input" and "output" without this. */
  public OnnxExport names(String input, String output) {
    if (input.isEmpty() || output.isEmpty() || input.equals(output)) {
      throw new IllegalArgumentException(
          "onnx: input and output need two different names, got '" + input + "', '" + output + "'");
    }
    inputName = input;
    outputName = output;
    return this;
  }

  /** A text that goes into the file, such as where the model comes from. */
  public OnnxExport metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /** Texts that go into the file. */
  public OnnxExport metadata(Map<String, String> texts) {
    metadata.putAll(texts);
    return this;
  }

  /**
   * The file's content. The same model gives the same bytes. The model's mode is as before.
   *
   * @throws IllegalArgumentException naming a layer that cannot be exported, if the model does not
   *     take such an example, or if it has F64 parameters
   * @throws ArithmeticException if the file would be longer than 2^31 - 1 bytes, the format's limit
   */
  public byte[] bytes() {
    return message().content().toByteArray();
  }

  /**
   * Writes the file; it appears whole or not at all.
   *
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException as {@link #bytes}
   */
  public void write(Path file) throws IOException {
    Message message = message();
    AtomicFile.write(file, out -> message.content().writeTo(out));
  }

  private Message message() {
    for (Map.Entry<String, Tensor> p : model.namedParameters().entrySet()) {
      if (p.getValue().dtype() == DType.F64) {
        throw new IllegalArgumentException(
            "onnx: weights are written as F32, but " + p.getKey() + " is F64; call to(DType.F32)");
      }
    }
    try (EvalMode eval = new EvalMode(model)) {
      return file(graph());
    }
  }

  private Message graph() {
    GraphWriter g = new GraphWriter();
    g.reserve(inputName);
    g.reserve(outputName);
    DType type = integers ? DType.I32 : DType.F32;
    Shape one = example.insert(0, 1);
    boolean image = one.rank() == 4 && !channelsLast && !integers;
    Flow x = new Flow(inputName, one, type, image);
    Exporting top = new Exporting(g, "");
    Flow y = top.write(model, x);
    // Not every rule looks at the input, so the model itself must take it.
    top.outputShape(model, x);
    y = channelsLast || y.rank() != 4 ? g.ours("", y) : g.first("", y);
    if (y.name().equals(inputName)) {
      y = y.with(g.node("", "Identity", List.of(y.name())));
    }
    Message in = info(inputName, integers ? ElementType.INT64 : ElementType.FLOAT, x.dims());
    Message out = info(outputName, ElementType.FLOAT, y.dims());
    return g.graph(model.toString(), in, y.name(), outputName, out);
  }

  private static Message info(String name, ElementType type, int[] dims) {
    Message shape = new Message();
    shape.message(1, new Message().text(2, BATCH));
    for (int i = 1; i < dims.length; i++) {
      shape.message(1, new Message().integer(1, dims[i]));
    }
    Message tensor = new Message().integer(1, type.code).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  private Message file(Message graph) {
    Message m = new Message().integer(1, IR_VERSION).text(2, "jacana").text(3, VERSION);
    m.message(7, graph).message(8, new Message().text(1, "").integer(2, OPERATOR_SET));
    metadata.forEach((k, v) -> m.message(14, new Message().text(1, k).text(2, v)));
    return m;
  }
}
