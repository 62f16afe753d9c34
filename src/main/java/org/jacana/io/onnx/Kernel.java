package org.jacana.io.onnx;

/** What a node does when the graph runs. */
interface Kernel {
  /**
   * Computes the outputs.
   *
   * @param in one for each input of the node; null where it is left out
   */
  Value[] run(Value[] in);
}
