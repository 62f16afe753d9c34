package org.jacana.cli.bench;

import java.util.List;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.nn.Models;
import org.jacana.nn.Module;
import org.jacana.optim.Adam;
import org.jacana.optim.Optimizer;
import org.jacana.optim.Sgd;

/** What is paid beside the arithmetic, and the optimizers' steps. */
final class OverheadWork {
  private static final int CHAIN = 100;

  private OverheadWork() {}

  static List<Work> all(Device device) {
    return List.of(
        allocation(device),
        forward("operation of 1 element", false),
        forward("operation of 1 element, recorded", true),
        backward(),
        optimizer("sgd with momentum, lenet", false),
        optimizer("adam, lenet", true));
  }

  private static Work allocation(Device device) {
    Backend backend = Backends.of(device);
    return new Work(
        "tensor of 1,000 elements, made and closed",
        0,
        0,
        () -> {
          long before = backend.liveBytes();
          return new Work.Call(
              () -> Tensor.allocate(backend, Shape.of(1000), DType.F32).close(),
              () -> Check.equal("memory left behind", backend.liveBytes() - before, 0, 1, 0));
        });
  }

  /** x + 1 + 1 + ...: the last value is exact. */
  private static Tensor chain(Tensor x) {
    Tensor y = x;
    for (int i = 0; i < CHAIN; i++) {
      y = y.add(1);
    }
    return y;
  }

  private static Work forward(String name, boolean recorded) {
    return new Work(
            name,
            0,
            0,
            () -> {
              Tensor x = Tensor.zeros(1).requiresGrad(recorded);
              return new Work.Call(
                  () -> {
                    try (Scope inner = Scope.open();
                        Autograd.Mode mode = recorded ? Autograd.enableGrad() : Autograd.noGrad()) {
                      chain(x);
                    }
                  },
                  () -> {
                    try (Scope inner = Scope.open()) {
                      return Check.equal("the last value", chain(x).item(), CHAIN, 1, 0);
                    }
                  });
            })
        .each(CHAIN);
  }

  private static Work backward() {
    return new Work(
            "operation of 1 element, recorded and differentiated",
            0,
            0,
            () -> {
              Tensor x = Tensor.zeros(1).requiresGrad(true);
              return new Work.Call(
                  () -> {
                    try (Scope inner = Scope.open();
                        Autograd.Mode on = Autograd.enableGrad()) {
                      Autograd.grad(chain(x), x);
                    }
                  },
                  () -> {
                    try (Scope inner = Scope.open();
                        Autograd.Mode on = Autograd.enableGrad()) {
                      double g = Autograd.grad(chain(x).mul(3), x).item();
                      return Check.equal("the derivative", g, 3, 1, 0);
                    }
                  });
            })
        .each(CHAIN);
  }

  private static Work optimizer(String name, boolean adam) {
    long n;
    try (Scope scope = Scope.open(Device.CPU);
        Module net = lenet()) {
      n = net.parameterCount();
    }
    double bytes = 4.0 * n * (adam ? 7 : 5);
    return new Work(
        name,
        0,
        bytes,
        () -> {
          Module net = lenet();
          Optimizer rule =
              adam ? Adam.of(net.parameters()) : Sgd.of(net.parameters()).momentum(0.9);
          rule.learningRate(1e-6);
          List<Tensor> gradients =
              net.parameters().stream().map(p -> p.detach().onesLike()).toList();
          float before = net.parameters().get(0).floats()[0];
          return new Work.Call(
              () -> rule.step(gradients),
              () -> {
                float after = net.parameters().get(0).floats()[0];
                rule.close();
                net.close();
                return after < before ? null : "a parameter did not go against its gradient";
              });
        });
  }

  private static Module lenet() {
    return Models.byName("lenet", 28, 28, 1, 10, new Generator(1));
  }
}
