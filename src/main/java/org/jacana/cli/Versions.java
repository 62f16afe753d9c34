package org.jacana.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.IVersionProvider;

/** What ran: Jacana, Java and the system. */
final class Versions implements IVersionProvider {
  /** The version in pom.xml. */
  static final String JACANA = "0.1.0-SNAPSHOT";

  static Map<String, String> map() {
    Map<String, String> m = new LinkedHashMap<>();
    m.put("jacana", JACANA);
    m.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
    m.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    return m;
  }

  @Override
  public String[] getVersion() {
    Map<String, String> m = map();
    return new String[] {"Jacana " + m.get("jacana"), m.get("java"), m.get("os")};
  }
}
