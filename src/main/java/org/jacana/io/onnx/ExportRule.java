package org.jacana.io.onnx;

import org.jacana.nn.Module;

/** How one kind of layer becomes nodes of a graph. */
interface ExportRule<M extends Module> {
  /** Adds the layer's nodes for input x and gives its output. */
  Flow write(Exporting e, M layer, Flow x);
}
