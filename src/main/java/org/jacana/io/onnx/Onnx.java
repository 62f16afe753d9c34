package org.jacana.io.onnx;

import org.jacana.Shape;
import org.jacana.nn.Module;

/**
 * ONNX files, both ways.
 *
 * <pre>{@code
 * Onnx.export(model, Shape.of(28, 28, 1)).metadata("dataset", "mnist").write(file);
 * }</pre>
 *
 * <p>Source: https://onnx.ai/onnx/repo-docs/IR.html and Operators.html there
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
}
