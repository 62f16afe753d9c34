package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;

/** What one running computation needs beside its operands: a stream and scratch memory. */
final class Workspace {
  private final dnnl_stream stream = new dnnl_stream();
  private long address;
  private long bytes;

  Workspace() {
    int status = dnnl.dnnl_stream_create(stream, Engine.cpu(), dnnl.dnnl_stream_default_flags);
    Engine.check("dnnl_stream_create", status, "the CPU engine");
  }

  dnnl_stream stream() {
    return stream;
  }

  /** The address of at least {@code wanted} bytes; earlier contents may be gone. */
  long scratch(long wanted) {
    if (wanted > bytes) {
      Native.free(address);
      address = 0;
      bytes = 0;
      address = Native.allocate(wanted);
      bytes = wanted;
    }
    return address;
  }

  long bytes() {
    return bytes;
  }

  void destroy() {
    Native.free(address);
    address = 0;
    bytes = 0;
    dnnl.dnnl_stream_destroy(stream);
  }
}
