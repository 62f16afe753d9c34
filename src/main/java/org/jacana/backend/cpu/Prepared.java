package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.global.dnnl;

/**
 * One or more primitives with fixed memory objects and argument arrays, run in order. It is used by
 * one thread at a time; its operands are addresses bound before each run. It owns all its native
 * objects and none of the memory they point to.
 */
final class Prepared {
  private final Object shapes;
  private final dnnl_primitive[] primitives;
  private final dnnl_exec_arg_t[] arguments;
  private final int[] argumentCounts;
  private final dnnl_memory[] operands;
  private final long[] bound;
  private final dnnl_memory[] scratch;
  private final long[] scratchOffset;
  private final long scratchBytes;
  private final Address address = new Address(0);
  private long boundScratch;
  private PreparedCache.Entry entry;

  Prepared(
      Object shapes,
      dnnl_primitive[] primitives,
      dnnl_exec_arg_t[] arguments,
      int[] argumentCounts,
      dnnl_memory[] operands,
      dnnl_memory[] scratch,
      long[] scratchOffset,
      long scratchBytes) {
    this.shapes = shapes;
    this.primitives = primitives;
    this.arguments = arguments;
    this.argumentCounts = argumentCounts;
    this.operands = operands;
    this.bound = new long[operands.length];
    this.scratch = scratch;
    this.scratchOffset = scratchOffset;
    this.scratchBytes = scratchBytes;
  }

  PreparedCache.Entry entry() {
    return entry;
  }

  void entry(PreparedCache.Entry owner) {
    entry = owner;
  }

  /** Points operand number {@code slot} to memory. */
  Prepared bind(int slot, long to) {
    if (bound[slot] != to) {
      set(operands[slot], to);
      bound[slot] = to;
    }
    return this;
  }

  void run(Workspace workspace) {
    if (scratch.length > 0) {
      long base = workspace.scratch(scratchBytes);
      if (base != boundScratch) {
        for (int i = 0; i < scratch.length; i++) {
          set(scratch[i], base + scratchOffset[i]);
        }
        boundScratch = base;
      }
    }
    for (int i = 0; i < primitives.length; i++) {
      int status =
          dnnl.dnnl_primitive_execute(
              primitives[i], workspace.stream(), argumentCounts[i], arguments[i]);
      Engine.check("dnnl_primitive_execute", status, shapes);
    }
    Engine.check("dnnl_stream_wait", dnnl.dnnl_stream_wait(workspace.stream()), shapes);
  }

  private void set(dnnl_memory memory, long to) {
    int status = dnnl.dnnl_memory_set_data_handle(memory, address.to(to));
    Engine.check("dnnl_memory_set_data_handle", status, shapes);
  }

  void destroy() {
    for (dnnl_primitive p : primitives) {
      dnnl.dnnl_primitive_destroy(p);
    }
    for (dnnl_exec_arg_t a : arguments) {
      Native.free(a.address());
    }
    for (dnnl_memory m : operands) {
      dnnl.dnnl_memory_destroy(m);
    }
    for (dnnl_memory m : scratch) {
      dnnl.dnnl_memory_destroy(m);
    }
  }
}
