package org.jacana.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.jacana.Device;
import org.jacana.Devices;
import org.jacana.Generator;
import org.jacana.Precision;
import org.jacana.Scope;
import org.jacana.backend.Backends;
import org.jacana.data.CutMix;
import org.jacana.data.Digits;
import org.jacana.data.HorizontalFlip;
import org.jacana.data.ImageData;
import org.jacana.data.Loader;
import org.jacana.data.Normalization;
import org.jacana.data.RandomCrop;
import org.jacana.nn.Flatten;
import org.jacana.nn.Linear;
import org.jacana.nn.Module;
import org.jacana.nn.Sequential;
import org.jacana.optim.Sgd;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Training with augmentation gives the same weights wherever the data lies. */
class AugmentedTrainingTest {
  private static final ImageData TRAIN = Digits.load().train().slice(0, 75);
  private static final ImageData TEST = Digits.load().test().slice(0, 20);
  private static final Normalization SCALE = Normalization.of(TRAIN);

  static Stream<Device> devices() {
    return Devices.fast().stream();
  }

  @BeforeAll
  static void deterministic() {
    Devices.all().forEach(d -> Backends.of(d).deterministic(true));
  }

  private static String weights(
      Device device, Residence where, int workers, Execution.Recording recording, boolean mixed) {
    try (Scope scope = Scope.open(device);
        Module net = new Sequential(new Flatten(), new Linear(64, 10, new Generator(3)));
        Loader train =
            Loader.of(TRAIN)
                .batch(16)
                .shuffle(5)
                .workers(workers)
                .transform(SCALE, new RandomCrop(1), new HorizontalFlip());
        Loader validation = Loader.of(TEST).transform(SCALE)) {
      if (mixed) {
        train.mix(new CutMix(1));
      }
      History h =
          new Trainer(2)
              .learningRate(0.05)
              .optimizer(p -> Sgd.of(p).momentum(0.9))
              .residence(where)
              .execution(new Execution(Precision.FP32, recording))
              .fit(net, train, validation);
      assertEquals(2, h.epochs().size());
      assertTrue(Double.isFinite(h.last().trainLoss()));
      return WeightsHash.sha256(net);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void theSameWeightsWhereverTheDataLies(Device device) {
    for (boolean mixed : new boolean[] {false, true}) {
      String one = weights(device, Residence.HOST, 0, Execution.Recording.OFF, mixed);
      assertEquals(one, weights(device, Residence.HOST, 2, Execution.Recording.ON, mixed));
      if (!mixed) {
        // Mixed targets differ in their last bit, where a device fuses a product with a sum.
        assertEquals(one, weights(device, Residence.DEVICE, 0, Execution.Recording.OFF, false));
        assertEquals(one, weights(device, Residence.DEVICE, 0, Execution.Recording.ON, false));
      }
    }
  }
}
