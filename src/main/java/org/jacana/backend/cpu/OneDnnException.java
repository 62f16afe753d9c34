package org.jacana.backend.cpu;

/** A call of oneDNN that failed: which one, with what status, for which shapes. */
final class OneDnnException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final String[] STATUS = {
    "success",
    "out_of_memory",
    "invalid_arguments",
    "unimplemented",
    "last_impl_reached",
    "runtime_error",
    "not_required"
  };

  private final int status;

  OneDnnException(String call, int status, Object shapes) {
    super(
        "oneDNN: "
            + call
            + " failed with "
            + (status >= 0 && status < STATUS.length ? STATUS[status] : "status " + status)
            + " for "
            + shapes);
    this.status = status;
  }

  int status() {
    return status;
  }
}
