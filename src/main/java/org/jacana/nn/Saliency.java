package org.jacana.nn;

import org.jacana.Scope;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;

/**
 * Which pixels a class score reacts to most: the absolute value of its gradient with respect to the
 * image, the largest over the channels (Simonyan, Vedaldi and Zisserman 2014). The model runs in
 * eval mode; its mode and its parameters' gradients are as before.
 */
public final class Saliency {
  private Saliency() {}

  /** For the class with the largest logit of each image. */
  public static Tensor of(Module model, Tensor x) {
    return of(model, x, null);
  }

  /**
   * The maps of given classes.
   *
   * @param model from x to logits [N, classes]
   * @param x images [N, H, W, C]
   * @param classes one for each image; null for those with the largest logits
   * @return [N, H, W] in the caller's scope
   * @throws IllegalArgumentException if x is no batch of images, or a class is not one of the
   *     model's
   */
  public static Tensor of(Module model, Tensor x, int[] classes) {
    if (x.rank() != 4 || x.shape().dim(3) < 1) {
      throw new IllegalArgumentException(
          "saliency: the input must be images [N, H, W, C], got " + x.shape());
    }
    try (EvalMode eval = new EvalMode(model);
        Autograd.Mode on = Autograd.enableGrad();
        Scope scope = Scope.open(x.device())) {
      Tensor pixels = x.detach().requiresGrad(true);
      Tensor score = Scores.of("saliency", model.apply(pixels), classes);
      if (score.node() == null) {
        throw new IllegalArgumentException("saliency: the logits do not depend on the input");
      }
      Tensor gradient = Autograd.grad(score, pixels);
      try (Autograd.Mode off = Autograd.noGrad()) {
        return scope.keep(gradient.abs().max(3));
      }
    }
  }
}
