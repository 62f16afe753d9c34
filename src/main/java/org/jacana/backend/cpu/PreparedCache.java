package org.jacana.backend.cpu;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Prepared computations by key, least recently used first to go. A computation taken out belongs to
 * the caller until it is given back, so several threads may run the same shape at once, each with
 * an instance of its own.
 */
final class PreparedCache {
  /** The instances of one key that nobody runs at present. */
  static final class Entry {
    private final ArrayDeque<Prepared> idle = new ArrayDeque<>(1);
    private boolean evicted;
    private boolean unsupported;
  }

  private final int capacity;
  private final SpinLock lock = new SpinLock();
  private final Map<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
  private final ArrayDeque<Workspace> workspaces = new ArrayDeque<>();

  PreparedCache(int capacity) {
    this.capacity = capacity;
  }

  private <T> T locked(Supplier<T> section) {
    lock.lock();
    try {
      return section.get();
    } finally {
      lock.unlock();
    }
  }

  /** The number of keys held. */
  int size() {
    return locked(entries::size);
  }

  /** Bytes of scratch memory in idle workspaces. */
  long scratchBytes() {
    return locked(() -> workspaces.stream().mapToLong(Workspace::bytes).sum());
  }

  /**
   * An instance for the key; made by {@code maker} where none is idle.
   *
   * @return null if oneDNN has no kernel for it (maker gave null)
   */
  Prepared take(Key key, Supplier<Prepared> maker) {
    lock.lock();
    try {
      Entry entry = entries.get(key);
      if (entry != null) {
        if (entry.unsupported) {
          return null;
        }
        Prepared p = entry.idle.pollLast();
        if (p != null) {
          return p;
        }
      }
    } finally {
      lock.unlock();
    }
    Prepared made = make(maker);
    List<Prepared> dropped =
        locked(
            () -> {
              Entry entry = entries.computeIfAbsent(key, k -> new Entry());
              if (made == null) {
                entry.unsupported = true;
              } else {
                made.entry(entry);
              }
              return evict();
            });
    dropped.forEach(Prepared::destroy);
    return made;
  }

  private static Prepared make(Supplier<Prepared> maker) {
    try {
      return maker.get();
    } catch (OneDnnException e) {
      if (e.status() == dnnl.dnnl_unimplemented) {
        return null;
      }
      throw e;
    }
  }

  private List<Prepared> evict() {
    List<Prepared> dropped = new ArrayList<>();
    Iterator<Entry> oldest = entries.values().iterator();
    while (entries.size() > capacity) {
      Entry entry = oldest.next();
      oldest.remove();
      entry.evicted = true;
      dropped.addAll(entry.idle);
      entry.idle.clear();
    }
    return dropped;
  }

  /** Runs an instance that was taken and bound, and gives it back. */
  void run(Prepared prepared) {
    Workspace workspace = workspace();
    try {
      prepared.run(workspace);
    } finally {
      giveBack(prepared, workspace);
    }
  }

  /** Binds an instance that was taken and runs it so many times, and gives it back. */
  void run(Prepared prepared, int times, IntConsumer bind) {
    Workspace workspace = workspace();
    try {
      for (int i = 0; i < times; i++) {
        bind.accept(i);
        prepared.run(workspace);
      }
    } finally {
      giveBack(prepared, workspace);
    }
  }

  private Workspace workspace() {
    Workspace idle = locked(workspaces::pollLast);
    return idle != null ? idle : new Workspace();
  }

  private void giveBack(Prepared prepared, Workspace workspace) {
    boolean dropped =
        locked(
            () -> {
              workspaces.addLast(workspace);
              Entry entry = prepared.entry();
              if (!entry.evicted) {
                entry.idle.addLast(prepared);
              }
              return entry.evicted;
            });
    if (dropped) {
      prepared.destroy();
    }
  }

  /** Destroys everything idle; what runs at present is destroyed when it is given back. */
  void clear() {
    List<Prepared> dropped = new ArrayList<>();
    List<Workspace> unused = new ArrayList<>();
    lock.lock();
    try {
      for (Entry entry : entries.values()) {
        entry.evicted = true;
        dropped.addAll(entry.idle);
        entry.idle.clear();
      }
      entries.clear();
      unused.addAll(workspaces);
      workspaces.clear();
    } finally {
      lock.unlock();
    }
    dropped.forEach(Prepared::destroy);
    unused.forEach(Workspace::destroy);
  }
}
