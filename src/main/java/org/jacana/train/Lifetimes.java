package org.jacana.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jacana.Device;
import org.jacana.backend.Backend;
import org.jacana.backend.Backends;
import org.jacana.backend.Buffer;
import org.jacana.backend.BufferListener;

/**
 * The order in which this thread's buffers on one device are made and freed, from its making until
 * it is closed. Buffers are numbered as they are met; one that was there before is met when it is
 * freed.
 */
final class Lifetimes implements BufferListener, AutoCloseable {
  private final Thread thread = Thread.currentThread();
  private final Backend backend;
  private final Map<Buffer, Integer> numbers = new HashMap<>();
  private final List<Integer> events = new ArrayList<>();
  private final List<Long> sizes = new ArrayList<>();

  Lifetimes(Device device) {
    backend = Backends.of(device);
    backend.listen(this);
  }

  @Override
  public synchronized void made(Buffer buffer) {
    if (Thread.currentThread() == thread) {
      events.add(number(buffer));
    }
  }

  @Override
  public synchronized void freed(Buffer buffer) {
    if (Thread.currentThread() == thread) {
      events.add(~number(buffer));
    }
  }

  private int number(Buffer buffer) {
    Integer known = numbers.putIfAbsent(buffer, sizes.size());
    if (known != null) {
      return known;
    }
    sizes.add(buffer.bytes());
    return sizes.size() - 1;
  }

  /** How many events there were so far. */
  synchronized int now() {
    return events.size();
  }

  /** A buffer's number; -1 if it was not met. */
  synchronized int of(Buffer buffer) {
    return numbers.getOrDefault(buffer, -1);
  }

  /** A buffer's number for each that was made, its complement for each that was freed. */
  synchronized List<Integer> events() {
    return List.copyOf(events);
  }

  /** Bytes by number. */
  synchronized List<Long> sizes() {
    return List.copyOf(sizes);
  }

  /** By how much more is live than at the start. */
  synchronized long growth() {
    return events.stream().mapToLong(e -> e >= 0 ? sizes.get(e) : -sizes.get(~e)).sum();
  }

  @Override
  public void close() {
    backend.listen(null);
  }
}
