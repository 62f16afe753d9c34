package org.jacana.peers;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the driver and a worker say to each other: a line of JSON each way. */
final class Protocol {
  private Protocol() {}

  /**
   * An order to a worker.
   *
   * @param verb about, results, measure, close or quit
   * @param work name of the case
   * @param layout one of the worker's
   * @param file where results go
   * @param warmUp seconds
   * @param budget seconds
   */
  record Order(
      String verb, String work, String layout, String file, double warmUp, double budget) {}

  /**
   * A worker's answer.
   *
   * @param error what went wrong, or null
   * @param absent that the framework does not do this work here
   * @param about versions and settings
   * @param layouts that can be asked for
   * @param turn times
   * @param fell whether the loss fell; null where nothing is trained
   * @param accuracy after an epoch; else null
   */
  record Answer(
      String error,
      boolean absent,
      Map<String, String> about,
      List<String> layouts,
      Stopwatch.Turn turn,
      Boolean fell,
      Double accuracy) {
    static Answer failed(Throwable e) {
      return new Answer(e.toString(), false, null, null, null, null, null);
    }

    static Answer none() {
      return new Answer(null, true, null, null, null, null, null);
    }

    static Answer done() {
      return new Answer(null, false, null, null, null, null, null);
    }

    static Answer about(Framework f) {
      return new Answer(null, false, f.about(), f.layouts(), null, null, null);
    }

    static Answer timed(Stopwatch.Turn turn, Job job) {
      return new Answer(null, false, null, null, turn, job.fell(), job.accuracy());
    }
  }

  static void write(Path file, List<float[]> arrays) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
      out.writeInt(arrays.size());
      for (float[] a : arrays) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * a.length);
        bytes.asFloatBuffer().put(a);
        out.writeInt(a.length);
        out.write(bytes.array());
      }
    }
  }

  static List<float[]> read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      List<float[]> arrays = new ArrayList<>();
      for (int n = in.readInt(); n > 0; n--) {
        float[] a = new float[in.readInt()];
        FloatBuffer.wrap(a).put(ByteBuffer.wrap(in.readNBytes(4 * a.length)).asFloatBuffer());
        arrays.add(a);
      }
      return arrays;
    }
  }
}
