package org.jacana.cli.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jacana.CapturedStep;
import org.jacana.DType;
import org.jacana.Device;
import org.jacana.Tensor;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Buffer;
import org.jacana.backend.DeviceProbe.HostBlock;

/** What a GPU costs before it computes: launches, recorded and not, and copies to and from it. */
final class TransferWork {
  private static final int LAUNCHES = 200;

  private TransferWork() {}

  /**
   * All of them.
   *
   * @param floats copied by way of the backend
   * @param sizes in bytes of copies as the driver does them
   */
  static List<Work> all(Device device, int floats, int[] sizes) {
    List<Work> all = new ArrayList<>();
    all.add(launches(device));
    all.add(launch(device));
    all.add(replay("kernel in a recorded step, of " + LAUNCHES, device, LAUNCHES, false));
    all.add(replay("replay of a recorded step of 1", device, 1, false));
    all.add(replay("replay of a recorded step of 1, and wait", device, 1, true));
    all.add(upload("upload " + size(4L * floats), floats));
    all.add(download("download " + size(4L * floats), floats));
    for (boolean pinned : new boolean[] {true, false}) {
      String memory = pinned ? ", pinned, " : ", pageable, ";
      for (int n : sizes) {
        all.add(copy("host to device" + memory + size(n), device, n, pinned, true));
      }
      for (int n : sizes) {
        all.add(copy("device to host" + memory + size(n), device, n, pinned, false));
      }
    }
    return all;
  }

  private static String size(long bytes) {
    return bytes >= 1 << 20 ? (bytes >> 20) + " MiB" : (bytes >> 10) + " KiB";
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

  /** From the call until the host knows that it has run. */
  private static Work launch(Device device) {
    Backend b = Backends.of(device);
    return new Work(
        "kernel launch, and wait",
        0,
        0,
        () -> {
          Tensor one = Tensor.zeros();
          return new Work.Call(
              () -> {
                b.fill(one.view(), 7);
                b.synchronize();
              },
              () -> Check.equal("the value", one.item(), 7, 1, 0));
        });
  }

  private static Work replay(String name, Device device, int kernels, boolean wait) {
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
                  () -> {
                    step.replay();
                    if (wait) {
                      b.synchronize();
                    }
                  },
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
            })
        .fromHost();
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
            })
        .fromHost();
  }

  /** One copy between host memory and the device, with nothing of Jacana's between them. */
  private static Work copy(String name, Device device, int bytes, boolean pinned, boolean up) {
    Backend b = Backends.of(device);
    return new Work(
            name,
            0,
            bytes,
            () -> {
              HostBlock host = b.probe().host(bytes, pinned);
              Tensor there = Tensor.zeros(DType.U8, bytes);
              Buffer buffer = there.view().buffer();
              ByteBuffer wanted = pattern(bytes);
              if (up) {
                host.bytes().duplicate().put(wanted.duplicate());
              } else {
                b.upload(buffer, 0, wanted.duplicate());
              }
              return new Work.Call(
                  () -> {
                    if (up) {
                      host.upload(buffer);
                    } else {
                      host.download(buffer);
                    }
                  },
                  () -> {
                    ByteBuffer got = ByteBuffer.allocate(bytes);
                    if (up) {
                      b.download(got.duplicate(), buffer, 0);
                    } else {
                      got.duplicate().put(host.bytes().duplicate());
                    }
                    host.close();
                    int wrong = got.mismatch(wanted);
                    return wrong < 0 ? null : "byte " + wrong + " did not arrive";
                  });
            })
        .fromHost();
  }

  /** Bytes of which no two blocks of 256 are equal where that would hide a mistake. */
  private static ByteBuffer pattern(int bytes) {
    ByteBuffer b = ByteBuffer.allocate(bytes);
    for (int i = 0; i < bytes; i++) {
      b.put(i, (byte) (i + i / 255 + i / 65521 + 1));
    }
    return b;
  }
}
