package org.jacana.io.onnx;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jacana.Shape;
import org.jacana.data.FormatException;
import org.jacana.nn.Module;

/**
 * ONNX files, both ways.
 *
 * <pre>{@code
 * Onnx.export(model, Shape.of(28, 28, 1)).metadata("dataset", "mnist").write(file);
 * try (GraphModule again = Onnx.read(file).imageModule()) {
 *   Tensor logits = again.apply(images); // [N, 28, 28, 1]
 * }
 * }</pre>
 *
 * <p>Source: https://github.com/onnx/onnx, docs/IR.md, docs/Operators.md and onnx/onnx.proto
 */
public final class Onnx {
  private Onnx() {}

  /**
   * Starts the export of a model.
   *
   * @param example the shape of one example in our order, without the batch axis: [H, W, C]
   */
  public static OnnxExport export(Module model, Shape example) {
    return new OnnxExport(model, example);
  }

  /**
   * Reads a file: operator sets 6 to 28, weights inside the file, no subgraphs. Its structure is
   * checked whole; which operators it uses is checked when its module is made.
   *
   * @throws FormatException if it is damaged or not such a file
   * @throws IOException if the system cannot read it
   */
  public static OnnxModel read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          file.toString(), "at most 2^31 - 9 bytes", size + " bytes", Fields.FIX);
    }
    return read(file.toString(), Files.readAllBytes(file));
  }

  /**
   * Reads a file's content, which must not change as long as the model is used.
   *
   * @param name for messages
   * @throws FormatException if it is damaged or not such a file
   */
  public static OnnxModel read(String name, byte[] content) throws FormatException {
    return new OnnxModel(OnnxFile.parse(name, content));
  }
}
