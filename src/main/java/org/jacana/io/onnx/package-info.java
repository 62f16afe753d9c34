/** ONNX models: writing networks made of our layers, and reading inference graphs as modules. */
package org.jacana.io.onnx;
