package org.jacana.peers;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What is asked for on the command line.
 *
 * @param only what a work's name must contain
 * @param json where figures go, or null
 * @param markdown where the table in Markdown goes, or null
 * @param table figures of an earlier run, of which nothing but the table is wanted, or null
 * @param peers frameworks to compare with
 * @param minutes that measuring should take; checks and warm-ups come on top
 * @param rounds turns of each
 * @param threads of each framework
 * @param cpuTime whether times are CPU times, of one thread
 * @param epoch whether the epoch is run too
 */
record Options(
    Pattern only,
    Path json,
    Path markdown,
    Path table,
    List<String> peers,
    double minutes,
    int rounds,
    int threads,
    boolean cpuTime,
    boolean epoch) {
  private static final List<String> PEERS = List.of("libtorch", "djl", "dl4j");

  static final String USAGE =
      """
      benchmarks/peers/run [OPTIONS]
        --only REGEX    works that have this in their name
        --json FILE     write all figures
        --markdown FILE write them as a table in Markdown
        --table JSON    measure nothing: print the table of an earlier --json
        --peers LIST    of libtorch,djl,dl4j; default: libtorch
        --minutes N     for measuring, without checks and warm-ups; default: 8
        --rounds N      turns of each framework; default: 7
        --threads N     default: the number of cores
        --cpu-time      CPU time on one thread, for machines that are not quiet
        --epoch         also an epoch of Fashion-MNIST
      """;

  static Options of(String[] args) {
    Pattern only = Pattern.compile("");
    Path json = null;
    Path markdown = null;
    Path table = null;
    List<String> peers = List.of("libtorch");
    double minutes = 8;
    int rounds = 7;
    int threads = Runtime.getRuntime().availableProcessors();
    boolean cpuTime = false;
    boolean epoch = false;
    for (int i = 0; i < args.length; i++) {
      String name = args[i];
      if (name.equals("--epoch")) {
        epoch = true;
        continue;
      }
      if (name.equals("--cpu-time")) {
        cpuTime = true;
        threads = 1;
        continue;
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(name + ": no such option, or its value is missing");
      }
      String value = args[++i];
      try {
        switch (name) {
          case "--only" -> only = Pattern.compile(value);
          case "--json" -> json = Path.of(value);
          case "--markdown" -> markdown = Path.of(value);
          case "--table" -> table = Path.of(value);
          case "--peers" -> peers = List.of(value.split(","));
          case "--minutes" -> minutes = Double.parseDouble(value);
          case "--rounds" -> rounds = Integer.parseInt(value);
          case "--threads" -> threads = Integer.parseInt(value);
          default -> throw new IllegalArgumentException(name + ": no such option");
        }
      } catch (PatternSyntaxException | NumberFormatException e) {
        throw new IllegalArgumentException(name + ": '" + value + "' is no such value", e);
      }
    }
    for (String p : peers) {
      if (!PEERS.contains(p)) {
        throw new IllegalArgumentException(
            "--peers: '" + p + "' is none of " + String.join(", ", PEERS));
      }
    }
    if (!(minutes > 0) || rounds < 1 || threads < 1) {
      throw new IllegalArgumentException("--minutes, --rounds and --threads must be positive");
    }
    if (cpuTime && threads != 1) {
      throw new IllegalArgumentException("--cpu-time is that of one thread; leave --threads out");
    }
    return new Options(
        only, json, markdown, table, peers, minutes, rounds, threads, cpuTime, epoch);
  }

  List<Case> cases() {
    return Cases.all().stream()
        .filter(c -> epoch || c.kind() != Case.Kind.EPOCH)
        .filter(c -> only.matcher(c.name()).find())
        .toList();
  }
}
