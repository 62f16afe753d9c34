package org.jacana.peers;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/** The networks in DJL's blocks. */
final class DjlNet {
  private DjlNet() {}

  static Block of(Net net) {
    return switch (net) {
      case MLP ->
          new SequentialBlock()
              .add(Blocks.batchFlattenBlock())
              .add(linear(256))
              .add(Activation.reluBlock())
              .add(linear(128))
              .add(Activation.reluBlock())
              .add(linear(Net.CLASSES));
      case LENET ->
          new SequentialBlock()
              .add(conv(32, 5, 1, true))
              .add(Activation.reluBlock())
              .add(pool())
              .add(conv(64, 5, 1, true))
              .add(Activation.reluBlock())
              .add(pool())
              .add(Blocks.batchFlattenBlock())
              .add(linear(1024))
              .add(Activation.reluBlock())
              .add(linear(Net.CLASSES));
      case RESNET8 ->
          new SequentialBlock()
              .add(conv(16, 3, 1, false))
              .add(norm())
              .add(Activation.reluBlock())
              .add(residual(16, 1, false))
              .add(residual(32, 2, true))
              .add(residual(64, 2, true))
              .add(Pool.globalAvgPool2dBlock())
              .add(linear(Net.CLASSES));
    };
  }

  private static Block linear(int units) {
    return Linear.builder().setUnits(units).build();
  }

  private static Block pool() {
    return Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2));
  }

  private static Block conv(int filters, int kernel, int stride, boolean bias) {
    return Conv2d.builder()
        .setKernelShape(new Shape(kernel, kernel))
        .optPadding(new Shape(kernel / 2, kernel / 2))
        .optStride(new Shape(stride, stride))
        .setFilters(filters)
        .optBias(bias)
        .build();
  }

  private static Block norm() {
    return BatchNorm.builder().optEpsilon(1e-5f).build();
  }

  private static Block residual(int filters, int stride, boolean project) {
    Block body =
        new SequentialBlock()
            .add(conv(filters, 3, stride, false))
            .add(norm())
            .add(Activation.reluBlock())
            .add(conv(filters, 3, 1, false))
            .add(norm());
    Block shortcut =
        project
            ? new SequentialBlock().add(conv(filters, 1, stride, false)).add(norm())
            : Blocks.identityBlock();
    return new ParallelBlock(
        branches -> {
          List<NDList> b = branches;
          return new NDList(
              Activation.relu(b.get(0).singletonOrThrow().add(b.get(1).singletonOrThrow())));
        },
        List.of(body, shortcut));
  }
}
