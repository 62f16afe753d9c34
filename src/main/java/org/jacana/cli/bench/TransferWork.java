package org.jacana.cli.bench;

import java.nio.ByteBuffer;
import java.util.List;
import org.jacana.CapturedStep;
import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;

/** What a GPU costs before it computes: launches, recorded and not, and copies to and from it. */
final class TransferWork {
  private static final int LAUNCHES = 200;

  private TransferWork() {}

  static List<Work> all(Device device, int floats) {
    String size = " " + (4L * floats >> 20) + " MiB";
    return List.of(
        launches(device),
        replay("kernel in a recorded step, of " + LAUNCHES, device, LAUNCHES),
        replay("replay of a recorded step of 1", device, 1),
        upload("upload" + size, floats),
        download("download" + size, floats));
  }

  private static Work launches(Device device) {
    Backend b = Backends.of(device);
    return new Work(
            "kernel launch in a stream",
            0,
            0,
            () -> {
              Tensor one = Tensor.zeros();
              return new Work.Call(
                  () -> {
                    for (int i = 1; i <= LAUNCHES; i++) {
                      b.fill(one.view(), i);
                    }
                  },
                  () -> Check.equal("the value", one.item(), LAUNCHES, 1, 0));
            })
        .each(LAUNCHES);
  }

  private static Work replay(String name, Device device, int kernels) {
    Backend b = Backends.of(device);
    return new Work(
            name,
            0,
            0,
            () -> {
              Tensor one = Tensor.zeros();
              CapturedStep step =
                  CapturedStep.record(
                      device,
                      () -> {
                        for (int i = 1; i <= kernels; i++) {
                          b.fill(one.view(), i);
                        }
                      });
              return new Work.Call(
                  step::replay,
                  () -> {
                    step.close();
                    return Check.equal("the value", one.item(), kernels, 1, 0);
                  });
            })
        .each(kernels);
  }

  /** From a Java array, through the backend's page-locked pieces. */
  private static Work upload(String name, int floats) {
    return new Work(
        name,
        0,
        4.0 * floats,
        () -> {
          ByteBuffer host = ByteBuffer.allocateDirect(4 * floats);
          Tensor there = Tensor.zeros(floats);
          return new Work.Call(
              () -> there.backend().upload(there.view().buffer(), 0, host.clear()),
              () -> Check.elements(there, i -> 0, i -> 0, 0));
        });
  }

  private static Work download(String name, int floats) {
    return new Work(
        name,
        0,
        4.0 * floats,
        () -> {
          ByteBuffer host = ByteBuffer.allocateDirect(4 * floats);
          Tensor there = Tensor.ones(floats);
          return new Work.Call(
              () -> there.backend().download(host.clear(), there.view().buffer(), 0),
              () ->
                  host.order(java.nio.ByteOrder.nativeOrder()).getFloat(4 * floats - 4) == 1
                      ? null
                      : "the last number did not arrive");
        });
  }
}
