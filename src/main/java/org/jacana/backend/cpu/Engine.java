package org.jacana.backend.cpu;

import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.global.dnnl;

/** oneDNN's CPU engine, made once and kept for the life of the process. */
final class Engine {
  private static final dnnl_engine CPU = create();

  private Engine() {}

  private static dnnl_engine create() {
    Native.require();
    dnnl_engine engine = new dnnl_engine();
    check("dnnl_engine_create", dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "the CPU");
    return engine;
  }

  static dnnl_engine cpu() {
    return CPU;
  }

  static void check(String call, int status, Object shapes) {
    if (status != dnnl.dnnl_success) {
      throw new OneDnnException(call, status, shapes);
    }
  }
}
