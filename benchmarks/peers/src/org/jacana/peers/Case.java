package org.jacana.peers;

/**
 * One work that every framework does.
 *
 * @param name as in {@code jacana bench}
 * @param kind what is done
 * @param net the network, for steps and inference; else null
 * @param sizes what the kind needs: see {@link Cases}
 * @param times how often what is measured happens in one call
 * @param target the largest ratio ours / theirs that is wanted; NaN where none is set
 */
record Case(String name, Kind kind, Net net, int[] sizes, int times, double target) {
  enum Kind {
    MATMUL,
    CONV,
    CONV_DX,
    CONV_DW,
    MAX_POOL,
    BATCH_NORM,
    SOFTMAX,
    CROSS_ENTROPY,
    CROSS_ENTROPY_GRAD,
    ADD,
    RELU,
    EXP,
    TANH,
    SUM,
    CHAIN,
    CHAIN_RECORDED,
    CHAIN_GRAD,
    SGD,
    ADAM,
    STEP,
    STEP_REPLAYED,
    INFERENCE,
    EPOCH
  }

  /** Whether images go through it, so that their layout in memory is a choice. */
  boolean images() {
    return switch (kind) {
      case CONV, CONV_DX, CONV_DW, MAX_POOL, BATCH_NORM -> true;
      case STEP, STEP_REPLAYED, INFERENCE, EPOCH -> net.images();
      default -> false;
    };
  }

  /**
   * The largest relative error, in the 2-norm, at which two results count as equal. Wide for
   * resnet8: libtorch's channels-last batch norm adds up a gradient of 65,536 rows in plain float,
   * and is off by up to 5e-3 on one thread where its contiguous one is off by 5e-6.
   */
  double tolerance() {
    return switch (kind) {
      case STEP, STEP_REPLAYED -> net == Net.RESNET8 ? 1e-2 : 1e-4;
      case INFERENCE -> 1e-4;
      default -> 1e-5;
    };
  }

  int size(int i) {
    return sizes[i];
  }
}
