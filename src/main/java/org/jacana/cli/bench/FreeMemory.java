package org.jacana.cli.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jacana.Device;
import org.jacana.backend.Backends;
import org.jacana.backend.DeviceProbe;

/** How much memory a device still has for tensors. */
final class FreeMemory {
  private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
  private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal:\\s+(\\d+) kB$");

  private FreeMemory() {}

  /** Bytes. */
  static long of(Device device) {
    DeviceProbe probe = Backends.of(device).probe();
    return probe != null ? probe.freeBytes() : host();
  }

  private static long host() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Path info = Path.of("/proc/meminfo");
    String text = "";
    try {
      text = Files.isReadable(info) ? Files.readString(info) : "";
    } catch (IOException e) {
      // As where there is no such file: Java's own figure, which counts file caches as used.
    }
    return host(text, system.getTotalMemorySize(), system.getFreeMemorySize());
  }

  /**
   * What Linux can give without swapping; where Java sees less memory than Linux has, a container's
   * limit holds, and Java's figure is its rest.
   */
  static long host(String meminfo, long total, long free) {
    Matcher available = AVAILABLE.matcher(meminfo);
    Matcher all = TOTAL.matcher(meminfo);
    if (!available.find() || !all.find() || total < 1024 * Long.parseLong(all.group(1))) {
      return free;
    }
    return 1024 * Long.parseLong(available.group(1));
  }
}
