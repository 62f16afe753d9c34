package org.jacana.linalg;

import java.util.ArrayList;
import java.util.List;
import org.jacana.DType;
import org.jacana.Tensor;

/** Several tensors seen as one vector. */
final class ParameterVector {
  private final List<Tensor> parameters;
  private final int size;

  ParameterVector(String op, List<Tensor> parameters) {
    if (parameters.isEmpty()) {
      throw new IllegalArgumentException(op + ": there are no parameters");
    }
    Check.real(op, parameters.toArray(Tensor[]::new));
    for (int i = 0; i < parameters.size(); i++) {
      if (!parameters.get(i).requiresGrad()) {
        throw new IllegalArgumentException(
            op
                + ": parameter "
                + i
                + " "
                + parameters.get(i).shape()
                + " is not tracked; call requiresGrad(true) on it");
      }
    }
    this.parameters = List.copyOf(parameters);
    size = Math.toIntExact(parameters.stream().mapToLong(Tensor::size).sum());
  }

  int size() {
    return size;
  }

  DType dtype() {
    return parameters.get(0).dtype();
  }

  /** A vector's parts with the parameters' shapes. */
  List<Tensor> split(Tensor v) {
    List<Tensor> out = new ArrayList<>();
    int at = 0;
    for (Tensor p : parameters) {
      int n = Math.toIntExact(p.size());
      out.add(v.slice(0, at, at + n).reshape(p.shape()));
      at += n;
    }
    return out;
  }

  Tensor join(List<Tensor> parts) {
    return Tensor.concat(0, parts.stream().map(t -> t.reshape(-1)).toArray(Tensor[]::new));
  }
}
