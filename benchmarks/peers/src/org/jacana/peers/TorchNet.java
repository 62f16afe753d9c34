package org.jacana.peers;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The networks in libtorch's functions; rectifiers work in place, where their input is not kept.
 */
final class TorchNet {
  private static final TensorOptional NONE = new TensorOptional();
  private static final long[] ONE = {1, 1};
  private static final long[] ZERO = {0, 0};
  private static final long[] TWO = {2, 2};

  private final Net net;
  private final String layout;
  private final boolean training;
  private final List<Tensor> parameters = new ArrayList<>();

  /** The same tensors as optional arguments, made once. */
  private final List<TensorOptional> optional = new ArrayList<>();

  private final List<TensorOptional> means = new ArrayList<>();
  private final List<TensorOptional> variances = new ArrayList<>();
  private int next;
  private int norm;

  TorchNet(Net net, String layout, boolean training) {
    this.net = net;
    this.layout = layout;
    this.training = training;
    List<Net.Parameter> wanted = net.parameters();
    for (int i = 0; i < wanted.size(); i++) {
      Net.Parameter p = wanted.get(i);
      Tensor t = TorchArrays.parameter(p, p.start(i), layout).set_requires_grad(true);
      parameters.add(t);
      optional.add(new TensorOptional(t));
      if (p.role() == Net.Role.GAMMA) {
        means.add(new TensorOptional(torch.zeros(p.shape()[0])));
        variances.add(new TensorOptional(torch.ones(p.shape()[0])));
      }
    }
  }

  List<Tensor> parameters() {
    return parameters;
  }

  TensorVector vector() {
    return new TensorVector(parameters.toArray(new Tensor[0]));
  }

  /** The starting weights again. */
  void restart() {
    List<Net.Parameter> wanted = net.parameters();
    for (int i = 0; i < wanted.size(); i++) {
      Tensor start = TorchArrays.parameter(wanted.get(i), wanted.get(i).start(i), layout);
      parameters.get(i).detach().copy_(start);
    }
  }

  Tensor forward(Tensor x) {
    next = 0;
    norm = 0;
    return switch (net) {
      case MLP -> linear(linear(linear(torch.flatten(x, 1, -1)).relu_()).relu_());
      case LENET -> {
        Tensor h = torch.max_pool2d(conv(x, true, 1).relu_(), 2, 2);
        h = torch.max_pool2d(conv(h, true, 1).relu_(), 2, 2);
        yield linear(linear(torch.flatten(h, 1, -1)).relu_());
      }
      case RESNET8 -> {
        Tensor h = normed(x, 1).relu_();
        h = block(h, 1, false);
        h = block(h, 2, true);
        h = block(h, 2, true);
        yield linear(torch.flatten(torch.adaptive_avg_pool2d(h, 1, 1), 1, -1));
      }
    };
  }

  private Tensor block(Tensor x, int stride, boolean project) {
    Tensor y = normed(normed(x, stride).relu_(), 1);
    return y.add_(project ? normed(x, stride) : x).relu_();
  }

  private Tensor normed(Tensor x, int stride) {
    Tensor y = conv(x, false, stride);
    TensorOptional gamma = optional.get(next++);
    TensorOptional beta = optional.get(next++);
    TensorOptional mean = means.get(norm);
    TensorOptional variance = variances.get(norm++);
    return torch.batch_norm(y, gamma, beta, mean, variance, training, 0.1, 1e-5, false);
  }

  private Tensor conv(Tensor x, boolean bias, int stride) {
    Net.Parameter p = net.parameters().get(next);
    Tensor w = parameters.get(next++);
    TensorOptional b = bias ? optional.get(next++) : NONE;
    long[] strides = stride == 1 ? ONE : TWO;
    long[] padding =
        switch (p.shape()[1]) {
          case 1 -> ZERO;
          case 3 -> ONE;
          default -> TWO;
        };
    return torch.conv2d(x, w, b, strides, padding, ONE, 1);
  }

  private Tensor linear(Tensor x) {
    Tensor w = parameters.get(next++);
    return torch.linear(x, w, optional.get(next++));
  }
}
