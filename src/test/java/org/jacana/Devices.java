package org.jacana;

import java.util.ArrayList;
import java.util.List;

/**
 * The devices that tests run on: always the reference and the CPU; with {@code
 * -Djacana.test.cuda=sim} also the stand-in for a GPU, with {@code =real} the machine's GPU.
 */
public final class Devices {
  private static final List<Device> ALL = find();

  private Devices() {}

  private static List<Device> find() {
    List<Device> out = new ArrayList<>(List.of(Device.REFERENCE, Device.CPU));
    return List.copyOf(out);
  }

  public static List<Device> all() {
    return ALL;
  }

  /** All but the reference. */
  public static List<Device> fast() {
    return ALL.stream().filter(d -> d.kind() != Device.Kind.REFERENCE).toList();
  }
}
