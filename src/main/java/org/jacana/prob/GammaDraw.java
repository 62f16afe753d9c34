package org.jacana.prob;

import org.jacana.DType;
import org.jacana.Generator;
import org.jacana.Tensor;
import org.jacana.autograd.Autograd;
import org.jacana.autograd.CustomOp;

/** Draws of the standard gamma distribution and how they move with the concentration. */
final class GammaDraw {
  /** The draw itself; its gradient is -(dP/da) / density (Figurnov et al. 2018, equation 6). */
  private static final CustomOp MOVED =
      CustomOp.of("Gamma.rsample", in -> in[1].copy())
          .gradientOnce(
              (in, out, g) ->
                  new Tensor[] {g.mul(Incomplete.gammaMove(in[0], in[1])), g.zerosLike()});

  private GammaDraw() {}

  /** Draws of Gamma(a, 1), of this whole shape. */
  static Tensor standard(Generator g, Tensor a, int... shape) {
    Tensor wide = a.expand(shape);
    Tensor draw = Autograd.noGrad(() -> marsagliaTsang(g, wide, shape));
    return Autograd.recording() && a.requiresGrad() ? MOVED.apply(wide, draw) : draw;
  }

  /** Draws for all at once, again for those refused, until none is. */
  private static Tensor marsagliaTsang(Generator g, Tensor a, int... shape) {
    DType type = a.dtype();
    Tensor small = a.lt(1);
    Tensor d = Tensor.where(small, a.add(1), a).sub(1.0 / 3);
    Tensor c = d.mul(9).rsqrt();
    Tensor v = Tensor.zeros(type, shape);
    // One of twenty is refused at worst, so that even a billion draws need about ten rounds.
    for (int round = 0; v.size() > 0; round++) {
      if (round == 100) {
        throw new IllegalStateException(
            "Gamma: no draw was accepted for a concentration; was it changed to NaN or below 0?");
      }
      Tensor x = g.normal(type, shape);
      Tensor u = g.uniform(type, shape).rsub(1);
      Tensor root = x.mul(c).add(1);
      Tensor cube = root.maximum(1e-30).pow(3);
      Tensor bound = x.square().mul(0.5).add(d.mul(cube.log().add(1).sub(cube)));
      Tensor taken = root.gt(0).logicalAnd(u.log().lt(bound));
      v = Tensor.where(v.eq(0).logicalAnd(taken), cube, v);
      if (v.gt(0).all().item() != 0) {
        break;
      }
    }
    // Gamma(a) is Gamma(a + 1) U^(1/a).
    Tensor boost = g.uniform(type, shape).rsub(1).pow(Tensor.where(small, a, 1).reciprocal());
    Tensor out = d.mul(v).mul(Tensor.where(small, boost, 1));
    return out.maximum(type == DType.F64 ? Double.MIN_NORMAL : Float.MIN_NORMAL);
  }
}
