package org.jacana.peers;

import java.util.ArrayList;
import java.util.List;
import org.jacana.peers.Case.Kind;

/** All works, in the order of the table. */
final class Cases {
  /** Additions in a chain of operations of one element. */
  static final int CHAIN = 100;

  static final int CLASSES = 1000;
  private static final double OPERATION = 1.05;

  private Cases() {}

  static List<Case> all() {
    List<Case> all = new ArrayList<>();
    all.add(chain("operation of 1 element", Kind.CHAIN));
    all.add(chain("operation of 1 element, recorded", Kind.CHAIN_RECORDED));
    all.add(chain("operation of 1 element, recorded and differentiated", Kind.CHAIN_GRAD));
    all.add(new Case("sgd with momentum, lenet", Kind.SGD, Net.LENET, null, 1, OPERATION));
    all.add(new Case("adam, lenet", Kind.ADAM, Net.LENET, null, 1, OPERATION));
    all.add(operation("add 1,000 elements", Kind.ADD, 1000));
    int large = 16 << 20;
    all.add(operation("add 16 Mi", Kind.ADD, large));
    all.add(operation("relu 16 Mi", Kind.RELU, large));
    all.add(operation("exp 16 Mi", Kind.EXP, large));
    all.add(operation("tanh 16 Mi", Kind.TANH, large));
    all.add(operation("sum 16 Mi", Kind.SUM, large));
    for (int n : new int[] {64, 256, 1024}) {
      all.add(operation("matmul " + n + " FP32", Kind.MATMUL, n));
    }
    // Batch, rows and columns, channels of the input, of the output, rows and columns of a filter.
    convolution(all, "5x5 n128 14x14 c32->64 FP32", 128, 14, 32, 64, 5);
    convolution(all, "3x3 n64 32x32 c16->16 FP32", 64, 32, 16, 16, 3);
    convolution(all, "3x3 n64 8x8 c64->64 FP32", 64, 8, 64, 64, 3);
    // Batch, rows and columns, channels.
    all.add(operation("max pool 2x2 n64 32x32 c32", Kind.MAX_POOL, 64, 32, 32));
    all.add(operation("batch norm n64 32x32 c32", Kind.BATCH_NORM, 64, 32, 32));
    all.add(operation("softmax 1024 x 1000", Kind.SOFTMAX, 1024));
    all.add(operation("cross-entropy 1024 x 1000", Kind.CROSS_ENTROPY, 1024));
    all.add(operation("cross-entropy and gradient 1024 x 1000", Kind.CROSS_ENTROPY_GRAD, 1024));
    step(all, "mlp batch 128 FP32", Net.MLP, 128, Double.NaN);
    step(all, "lenet batch 128 FP32", Net.LENET, 128, 0.75);
    step(all, "resnet8 batch 64 FP32", Net.RESNET8, 64, 0.9);
    for (int batch : new int[] {1, 32, 256}) {
      double target = batch == 1 ? 0.5 : Double.NaN;
      all.add(network("inference lenet batch " + batch, Kind.INFERENCE, Net.LENET, batch, target));
      all.add(
          network(
              "inference resnet8 batch " + batch, Kind.INFERENCE, Net.RESNET8, batch, Double.NaN));
    }
    // Batch, images.
    int[] epoch = {128, 60_000};
    all.add(new Case("epoch of Fashion-MNIST, lenet", Kind.EPOCH, Net.LENET, epoch, 1, 0.75));
    return all;
  }

  private static Case operation(String name, Kind kind, int... sizes) {
    return new Case(name, kind, null, sizes, 1, OPERATION);
  }

  private static Case chain(String name, Kind kind) {
    return new Case(name, kind, null, new int[0], CHAIN, OPERATION);
  }

  private static void convolution(List<Case> all, String what, int... sizes) {
    all.add(operation("conv " + what, Kind.CONV, sizes));
    all.add(operation("conv dx " + what, Kind.CONV_DX, sizes));
    all.add(operation("conv dw " + what, Kind.CONV_DW, sizes));
  }

  /** An ordinary training step, and one that Jacana has recorded and replays. */
  private static void step(List<Case> all, String what, Net net, int batch, double target) {
    all.add(network("step " + what, Kind.STEP, net, batch, target));
    all.add(network("step replayed " + what, Kind.STEP_REPLAYED, net, batch, target));
  }

  private static Case network(String name, Kind kind, Net net, int batch, double target) {
    return new Case(name, kind, net, new int[] {batch}, 1, target);
  }
}
