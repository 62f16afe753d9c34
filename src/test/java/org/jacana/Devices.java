package org.jacana;

import java.util.List;
import org.jacana.backend.cuda.CudaDevice;

/**
 * The devices that a run of the tests is about: the reference and the CPU; with {@code
 * -Djacana.test.cuda=sim} the stand-in for a GPU instead, with {@code =real} the machine's GPU.
 */
public final class Devices {
  private static final List<Device> ALL = find();

  private Devices() {}

  private static List<Device> find() {
    if (System.getProperty("jacana.test.cuda") == null) {
      return List.of(Device.REFERENCE, Device.CPU);
    }
    String reason = CudaDevice.whyNot();
    if (reason != null) {
      throw new IllegalStateException("tests on a GPU were asked for: " + reason);
    }
    return List.of(Device.cuda(0));
  }

  public static List<Device> all() {
    return ALL;
  }

  /** All but the reference. */
  public static List<Device> fast() {
    return ALL.stream().filter(d -> d.kind() != Device.Kind.REFERENCE).toList();
  }

  /** Bytes alive on all devices that were used. */
  public static long liveBytes() {
    long bytes = 0;
    for (Device d : ALL) {
      bytes += org.jacana.backend.Backends.of(d).liveBytes();
    }
    return bytes;
  }
}
