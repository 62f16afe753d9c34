package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Shape;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Where a convolutional classifier looks: for each image the feature maps of a layer, weighted by
 * the mean of the class score's gradient over each map, added and rectified (Selvaraju et al. 2017,
 * "Grad-CAM", equations 1 and 2). The model runs in eval mode; its mode and its parameters'
 * gradients are as before.
 */
public final class GradCam {
  private GradCam() {}

  /** For the class with the largest logit of each image. */
  public static Tensor of(Module model, String layer, Tensor x) {
    return of(model, layer, x, null);
  }

  /**
   * The maps of given classes.
   *
   * @param model from x to logits [N, classes]
   * @param layer the dotted name of a layer that gives [N, h, w, channels], most often the last
   *     convolution or what rectifies it
   * @param x [N, ...]
   * @param classes one for each image; null for those with the largest logits
   * @return [N, h, w], not negative, in the caller's scope
   * @throws IllegalArgumentException if there is no such layer, its output is no image or does not
   *     reach the logits, it runs more than once, or a class is not one of the model's
   */
  public static Tensor of(Module model, String layer, Tensor x, int[] classes) {
    Module wanted = LayerOutputs.find("gradCam", model, layer);
    try (EvalMode eval = new EvalMode(model);
        Autograd.Mode on = Autograd.enableGrad();
        Leaf leaf = new Leaf(wanted, layer);
        Scope scope = Scope.open(x.device())) {
      Tensor[] logits = new Tensor[1];
      Module.observe(leaf, () -> logits[0] = model.apply(x));
      if (leaf.maps == null) {
        throw new IllegalArgumentException(
            "gradCam: layer '" + layer + "' did not run for this input");
      }
      Tensor score = Scores.of("gradCam", logits[0], classes);
      if (score.node() == null) {
        throw new IllegalArgumentException(
            "gradCam: the logits do not depend on the output of layer '"
                + layer
                + "'; name one that they are computed from");
      }
      Tensor gradient = Autograd.grad(score, leaf.maps);
      try (Autograd.Mode off = Autograd.noGrad()) {
        Tensor weights = gradient.mean(new int[] {1, 2}, true);
        return scope.keep(weights.mul(leaf.maps.detach()).sum(3).relu());
      }
    }
  }

  /** Cuts the graph at the layer's output and holds what goes on from there. */
  private static final class Leaf implements Module.Observer, AutoCloseable {
    private final Module layer;
    private final String name;
    private Tensor maps;

    Leaf(Module layer, String name) {
      this.layer = layer;
      this.name = name;
    }

    @Override
    public void called(Module module, Tensor input, Tensor output) {}

    @Override
    public Tensor replace(Module module, Tensor output) {
      if (module != layer) {
        return output;
      }
      Shape s = output.shape();
      if (s.rank() != 4 || s.dim(1) < 1 || s.dim(2) < 1) {
        throw new IllegalArgumentException(
            "gradCam: layer '"
                + name
                + "' must give images [N, h, w, channels], it gives "
                + s
                + "; name one before the features are flattened");
      }
      if (maps != null) {
        throw new IllegalArgumentException(
            "gradCam: layer '" + name + "' runs more than once, so its output is not one image");
      }
      maps = Scope.release(output.detach()).requiresGrad(true);
      return maps;
    }

    @Override
    public void close() {
      if (maps != null) {
        maps.close();
      }
    }
  }
}
