package org.jacana.peers;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jacana.peers.Protocol.Answer;
import org.jacana.peers.Protocol.Order;

/** The driver's end of a worker. */
final class WorkerProcess implements AutoCloseable {
  private final Gson gson = new Gson();
  private final String name;
  private final Process process;
  private final BufferedWriter orders;
  private final BufferedReader answers;
  private final Answer about;

  /**
   * Starts a worker.
   *
   * @param log receives what the framework prints
   * @throws IOException if the framework cannot be had, with its reason
   */
  WorkerProcess(String name, Options options, Path log) throws IOException {
    this.name = name;
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Settings.javaOptions(name));
    command.addAll(List.of("-cp", Settings.classPath(name)));
    String threads = String.valueOf(options.threads());
    String cpuTime = String.valueOf(options.cpuTime());
    command.addAll(List.of(Worker.class.getName(), name, threads, cpuTime));
    ProcessBuilder b = new ProcessBuilder(command);
    b.environment().putAll(Settings.environment(name, options.threads()));
    b.redirectError(log.toFile());
    process = b.start();
    orders =
        new BufferedWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
    answers =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    try {
      about = ask(new Order("about", null, null, null, 0, 0));
      if (about.error() != null) {
        throw new IOException(about.error());
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  String name() {
    return name;
  }

  Answer about() {
    return about;
  }

  /** Gives an order and waits for its answer. */
  Answer ask(Order order) throws IOException {
    orders.write(gson.toJson(order));
    orders.newLine();
    orders.flush();
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(name + ": the worker died; its output says why");
    }
    return gson.fromJson(line, Answer.class);
  }

  /** CPU time used so far, in seconds; 0 where the system does not tell. */
  double cpuSeconds() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  @Override
  public void close() {
    try {
      ask(new Order("quit", null, null, null, 0, 0));
    } catch (IOException e) {
      // It is gone, which is what was wanted.
    }
    process.destroy();
  }
}
