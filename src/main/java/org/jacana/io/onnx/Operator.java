package org.jacana.io.onnx;

import org.jacana.data.FormatException;

/** How nodes of one type become kernels. */
interface Operator {
  /**
   * Makes a node's kernel.
   *
   * @throws FormatException if the node's attributes or constants are wrong or not supported
   */
  Kernel build(NodeContext node) throws FormatException;
}
