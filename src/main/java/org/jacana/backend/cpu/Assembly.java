package org.jacana.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.LongPointer;
import org.jacana.DType;

/**
 * Puts a {@link Prepared} together: descriptors, memory objects and primitives in order. It owns
 * every native object until {@link #finish} and destroys on {@link #close} what was not handed
 * over.
 */
final class Assembly implements AutoCloseable {
  private final Object shapes;
  private final List<dnnl_memory_desc> layouts = new ArrayList<>();
  private final List<dnnl_primitive_desc> descriptors = new ArrayList<>();
  private final List<dnnl_primitive_attr> attributes = new ArrayList<>();
  private final List<dnnl_primitive> primitives = new ArrayList<>();
  private final List<dnnl_exec_arg_t> arguments = new ArrayList<>();
  private final List<Integer> argumentCounts = new ArrayList<>();
  private final List<dnnl_memory> operands = new ArrayList<>();
  private final List<dnnl_memory> scratch = new ArrayList<>();
  private final List<Long> scratchOffsets = new ArrayList<>();
  private long scratchBytes;

  Assembly(Object shapes) {
    this.shapes = shapes;
  }

  void check(String call, int status) {
    Engine.check(call, status, shapes);
  }

  /** A row-major float32 layout. */
  dnnl_memory_desc dense(long... dims) {
    return strided(dnnl.dnnl_f32, dims, rowMajor(dims));
  }

  /** A row-major layout. */
  dnnl_memory_desc dense(DType type, long... dims) {
    return strided(Cast.type(type), dims, rowMajor(dims));
  }

  /**
   * {@code n} float32 in a row, a multiple of {@code block}, as that many channels of one block:
   * kernels of elements then take vectors of 4 or 8 numbers where a plain layout gives them 16.
   */
  dnnl_memory_desc blocks(int block, long n) {
    int tag = block == 4 ? dnnl.dnnl_aBc4b : dnnl.dnnl_aBc8b;
    return tagged(dnnl.dnnl_f32, tag, 1, block, n / block);
  }

  /** A layout by strides, in elements. */
  dnnl_memory_desc strided(int type, long[] dims, long[] strides) {
    dnnl_memory_desc d = new dnnl_memory_desc();
    check(
        "dnnl_memory_desc_create_with_strides",
        dnnl.dnnl_memory_desc_create_with_strides(d, dims.length, dims, type, strides));
    layouts.add(d);
    return d;
  }

  /** [n, c, h, w] in the order of NHWC. */
  dnnl_memory_desc nhwc(int type, long n, long h, long w, long c) {
    return strided(type, new long[] {n, c, h, w}, new long[] {h * w * c, 1, w * c, c});
  }

  /** A layout that the primitive chooses. */
  dnnl_memory_desc any(DType type, long... dims) {
    return tagged(Cast.type(type), dnnl.dnnl_format_tag_any, dims);
  }

  private dnnl_memory_desc tagged(int type, int tag, long... dims) {
    dnnl_memory_desc d = new dnnl_memory_desc();
    check(
        "dnnl_memory_desc_create_with_tag",
        dnnl.dnnl_memory_desc_create_with_tag(d, dims.length, dims, type, tag));
    layouts.add(d);
    return d;
  }

  static long[] rowMajor(long... dims) {
    long[] strides = new long[dims.length];
    long step = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= dims[i];
    }
    return strides;
  }

  /** Attributes with scratch memory from the caller. */
  dnnl_primitive_attr attributes() {
    dnnl_primitive_attr a = new dnnl_primitive_attr();
    check("dnnl_primitive_attr_create", dnnl.dnnl_primitive_attr_create(a));
    attributes.add(a);
    check(
        "dnnl_primitive_attr_set_scratchpad_mode",
        dnnl.dnnl_primitive_attr_set_scratchpad_mode(a, dnnl.dnnl_scratchpad_mode_user));
    return a;
  }

  /** The same with steps that follow in the primitive's own kernel, which {@code append} names. */
  dnnl_primitive_attr attributes(Consumer<dnnl_post_ops> append) {
    dnnl_primitive_attr a = attributes();
    dnnl_post_ops after = new dnnl_post_ops();
    check("dnnl_post_ops_create", dnnl.dnnl_post_ops_create(after));
    try {
      append.accept(after);
      check("dnnl_primitive_attr_set_post_ops", dnnl.dnnl_primitive_attr_set_post_ops(a, after));
    } finally {
      dnnl.dnnl_post_ops_destroy(after);
    }
    return a;
  }

  /** The result is added to what is there. */
  void appendSum(dnnl_post_ops after) {
    check(
        "dnnl_post_ops_append_sum",
        dnnl.dnnl_post_ops_append_sum(after, 1, 0, dnnl.dnnl_data_type_undef));
  }

  /** A function of the result and another operand. */
  void appendBinary(dnnl_post_ops after, int algorithm, dnnl_memory_desc operand) {
    check(
        "dnnl_post_ops_append_binary", dnnl.dnnl_post_ops_append_binary(after, algorithm, operand));
  }

  /** Takes over a descriptor that {@code call} has just made. */
  dnnl_primitive_desc own(String call, int status, dnnl_primitive_desc d) {
    check(call, status);
    descriptors.add(d);
    return d;
  }

  /** A layout that a descriptor chose; it lives as long as the descriptor. */
  dnnl_memory_desc query(dnnl_primitive_desc d, int what) {
    return dnnl.dnnl_primitive_desc_query_md(d, what, 0);
  }

  /** The name of the kernel behind a descriptor, such as {@code brg_conv_fwd:avx512_core}. */
  String kernel(dnnl_primitive_desc d) {
    long cell = Native.allocate(Long.BYTES);
    try {
      check(
          "dnnl_primitive_desc_query",
          dnnl.dnnl_primitive_desc_query(d, dnnl.dnnl_query_impl_info_str, 0, new Address(cell)));
      return new BytePointer(new Address(new LongPointer(new Address(cell)).get())).getString();
    } finally {
      Native.free(cell);
    }
  }

  static boolean same(dnnl_memory_desc a, dnnl_memory_desc b) {
    return dnnl.dnnl_memory_desc_equal(a, b) != 0;
  }

  /** The next operand, which {@link Prepared#bind} addresses by its number from 0 on. */
  dnnl_memory operand(dnnl_memory_desc layout) {
    dnnl_memory m = memory(layout);
    operands.add(m);
    return m;
  }

  /** Memory in the workspace; operands of one run never share it. */
  dnnl_memory scratch(dnnl_memory_desc layout) {
    dnnl_memory m = memory(layout);
    scratch.add(m);
    scratchOffsets.add(scratchBytes);
    long size = dnnl.dnnl_memory_desc_get_size(layout);
    scratchBytes += (size + Native.ALIGNMENT - 1) & -Native.ALIGNMENT;
    return m;
  }

  private dnnl_memory memory(dnnl_memory_desc layout) {
    dnnl_memory m = new dnnl_memory();
    check("dnnl_memory_create", dnnl.dnnl_memory_create(m, layout, Engine.cpu(), null));
    return m;
  }

  /** Appends a primitive with its arguments: kinds[i] is given memories[i], null ones left out. */
  void step(dnnl_primitive_desc descriptor, int[] kinds, dnnl_memory... memories) {
    dnnl_memory_desc pad = query(descriptor, dnnl.dnnl_query_scratchpad_md);
    boolean wantsPad = pad != null && dnnl.dnnl_memory_desc_get_size(pad) > 0;
    dnnl_memory padMemory = wantsPad ? scratch(pad) : null;
    dnnl_primitive p = new dnnl_primitive();
    check("dnnl_primitive_create", dnnl.dnnl_primitive_create(p, descriptor));
    primitives.add(p);
    // 16 bytes each: the int (padded to eight) and the pointer.
    dnnl_exec_arg_t list =
        new dnnl_exec_arg_t(new Address(Native.allocate(16L * (kinds.length + 1))));
    arguments.add(list);
    int count = 0;
    for (int i = 0; i < kinds.length; i++) {
      if (memories[i] != null) {
        list.getPointer(count++).arg(kinds[i]).memory(memories[i]);
      }
    }
    if (wantsPad) {
      list.getPointer(count++).arg(dnnl.DNNL_ARG_SCRATCHPAD).memory(padMemory);
    }
    argumentCounts.add(count);
  }

  /** Appends a copy between layouts. */
  void reorder(
      dnnl_memory_desc fromLayout, dnnl_memory from, dnnl_memory_desc toLayout, dnnl_memory to) {
    dnnl_primitive_desc d = new dnnl_primitive_desc();
    int status =
        dnnl.dnnl_reorder_primitive_desc_create(
            d, fromLayout, Engine.cpu(), toLayout, Engine.cpu(), attributes());
    own("dnnl_reorder_primitive_desc_create", status, d);
    step(d, new int[] {dnnl.DNNL_ARG_FROM, dnnl.DNNL_ARG_TO}, from, to);
  }

  Prepared finish() {
    Prepared p =
        new Prepared(
            shapes,
            primitives.toArray(new dnnl_primitive[0]),
            arguments.toArray(new dnnl_exec_arg_t[0]),
            argumentCounts.stream().mapToInt(Integer::intValue).toArray(),
            operands.toArray(new dnnl_memory[0]),
            scratch.toArray(new dnnl_memory[0]),
            scratchOffsets.stream().mapToLong(Long::longValue).toArray(),
            scratchBytes);
    primitives.clear();
    arguments.clear();
    operands.clear();
    scratch.clear();
    return p;
  }

  @Override
  public void close() {
    primitives.forEach(dnnl::dnnl_primitive_destroy);
    arguments.forEach(a -> Native.free(a.address()));
    operands.forEach(dnnl::dnnl_memory_destroy);
    scratch.forEach(dnnl::dnnl_memory_destroy);
    descriptors.forEach(dnnl::dnnl_primitive_desc_destroy);
    attributes.forEach(dnnl::dnnl_primitive_attr_destroy);
    layouts.forEach(dnnl::dnnl_memory_desc_destroy);
  }
}
