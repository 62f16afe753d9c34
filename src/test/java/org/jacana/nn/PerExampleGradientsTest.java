package org.jacana.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.Transforms;
import org.junit.jupiter.api.Test;

class PerExampleGradientsTest {
  @Test
  void ofAConvolutionalNetworkAreThoseOfALoop() {
    Generator random = new Generator(3);
    try (Scope s = Scope.open();
        Sequential model =
            new Sequential(
                new Conv2d(1, 3, 3, 1, 1, true, random),
                Activation.relu(),
                new MaxPool2d(2),
                new Flatten(),
                new Linear(12, 4, random))) {
      Tensor x = random.normal(DType.F32, 5, 4, 4, 1);
      Tensor y = Tensor.of(new int[] {0, 1, 2, 3, 1});
      List<Tensor> parameters = model.parameters();
      List<Tensor> all =
          Transforms.perExampleGradients(
              (a, b) -> Losses.crossEntropy(model.apply(a), b), parameters, x, y);
      Tensor loss = Losses.crossEntropy(model.apply(x), y);
      List<Tensor> mean = Autograd.grad(loss, parameters);
      for (int k = 0; k < parameters.size(); k++) {
        assertEquals(parameters.get(k).shape().insert(0, 5), all.get(k).shape());
        assertArrayEquals(mean.get(k).floats(), all.get(k).mean(0).floats(), 1e-6f);
      }
      for (int i = 0; i < 5; i++) {
        Tensor one = Losses.crossEntropy(model.apply(x.slice(0, i, i + 1)), y.slice(0, i, i + 1));
        // Together, because one kernel then gives a filter's and a bias's gradient.
        List<Tensor> gs = Autograd.grad(one, parameters);
        for (int k = 0; k < parameters.size(); k++) {
          assertArrayEquals(gs.get(k).floats(), all.get(k).select(0, i).floats(), 1e-6f);
        }
      }
      assertThrows(
          IllegalArgumentException.class,
          () ->
              Transforms.perExampleGradients(
                  (a, b) -> model.apply(a).sum(), parameters, x, y.slice(0, 0, 4)));
    }
  }

  @Test
  void byVmapOfAGradientAreThoseOfALoop() {
    Generator random = new Generator(4);
    try (Scope s = Scope.open()) {
      Tensor w = random.normal(DType.F64, 2, 3, 3, 1);
      Tensor x = random.normal(DType.F64, 3, 5, 5, 1);
      Tensor all = Transforms.vmap(image -> Transforms.grad(t -> loss(t, image)).apply(w)).apply(x);
      for (int i = 0; i < 3; i++) {
        Tensor leaf = w.detach().requiresGrad(true);
        Tensor g = Autograd.grad(loss(leaf, x.select(0, i)), leaf);
        assertArrayEquals(g.doubles(), all.select(0, i).doubles(), 1e-12);
      }
    }
  }

  @Test
  void ofLenetAreThoseOfALoopAndMadeAtOnce() {
    Generator random = new Generator(5);
    try (Scope s = Scope.open();
        Module model = Models.lenet(28, 28, 1, 10, new Generator(6))) {
      Tensor x = random.normal(DType.F32, 6, 28, 28, 1);
      Tensor y = Tensor.of(new int[] {0, 1, 2, 3, 9, 1});
      List<Tensor> parameters = model.parameters();
      AtomicInteger calls = new AtomicInteger();
      List<Tensor> all =
          Transforms.perExampleGradients(
              (a, b) -> {
                calls.incrementAndGet();
                return Losses.crossEntropy(model.apply(a), b);
              },
              parameters,
              x,
              y);
      assertEquals(1, calls.get());
      for (int i = 0; i < 6; i++) {
        Tensor one = Losses.crossEntropy(model.apply(x.slice(0, i, i + 1)), y.slice(0, i, i + 1));
        List<Tensor> gs = Autograd.grad(one, parameters);
        for (int k = 0; k < gs.size(); k++) {
          float[] expected = gs.get(k).floats();
          assertArrayEquals(expected, all.get(k).select(0, i).floats(), 2e-6f);
        }
      }
    }
  }

  @Test
  void withDropoutAreMadeOneByOne() {
    try (Scope s = Scope.open();
        Sequential model = new Sequential(new Dropout(0.5, new Generator(1)), new Linear(50, 2))) {
      Tensor x = Tensor.ones(4, 50);
      Tensor y = Tensor.of(new int[] {0, 0, 0, 0});
      Tensor g =
          Transforms.perExampleGradients(
                  (a, b) -> Losses.crossEntropy(model.apply(a), b), model.parameters(), x, y)
              .get(0);
      // Every example has a mask of its own.
      double same = g.select(0, 0).ne(0).eq(g.select(0, 1).ne(0)).to(DType.F32).mean().item();
      assertTrue(same < 0.9, "masks agree in " + same);
    }
  }

  private static Tensor loss(Tensor w, Tensor image) {
    return image.unsqueeze(0).conv2d(w, 1, 1).tanh().square().sum();
  }
}
