package org.jacana.io.onnx;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jacana.DType;
import org.jacana.data.FormatException;

/** An ONNX file that was read: what it says of itself, and the module that it describes. */
public final class OnnxModel {
  private final OnnxFile file;

  OnnxModel(OnnxFile file) {
    this.file = file;
  }

  /**
   * An input or output.
   *
   * @param dtype what our tensor for it has; null where the file uses a type that is not supported
   * @param dims extents in the file's order, -1 for open ones; null when their number is open
   */
  public record Port(String name, DType dtype, List<Integer> dims) {}

  private static Port port(FileValue v) {
    DType type = v.type() == null ? null : v.type().dtype;
    return new Port(
        v.name(), type, v.dims() == null ? null : Arrays.stream(v.dims()).boxed().toList());
  }

  /** The program that wrote the file and its version, as the file says. */
  public String producer() {
    return (file.producer() + " " + file.producerVersion()).strip();
  }

  /** The version of the standard operators. */
  public int operatorSet() {
    return file.opset();
  }

  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(file.metadata());
  }

  /** What must be given, in the file's order. */
  public List<Port> inputs() {
    return file.inputs().stream().map(OnnxModel::port).toList();
  }

  public List<Port> outputs() {
    return file.outputs().stream().map(OnnxModel::port).toList();
  }

  /**
   * The graph as a module on the innermost scope's device, in eval mode, with inputs and outputs in
   * the file's order of axes, which for images is usually [N, C, H, W]. The caller closes it.
   *
   * @throws FormatException if the graph uses what is not supported, naming operator and node
   */
  public GraphModule module() throws FormatException {
    return GraphBuilder.build(file, false);
  }

  /**
   * As {@link #module}, but inputs and outputs that have four axes [N, C, H, W] in the file are
   * given and come as [N, H, W, C].
   *
   * @throws FormatException as {@link #module}
   */
  public GraphModule imageModule() throws FormatException {
    return GraphBuilder.build(file, true);
  }

  static String shown(int[] dims) {
    return Arrays.stream(dims)
        .mapToObj(d -> d < 0 ? "?" : Integer.toString(d))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  @Override
  public String toString() {
    return "OnnxModel(" + file.nodes().size() + " nodes, by " + producer() + ")";
  }
}
