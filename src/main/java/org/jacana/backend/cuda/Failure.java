package org.jacana.backend.cuda;

/** Why something cannot be used, and what to do about it. */
record Failure(String cause, String fix) {
  String sentence() {
    return cause + "; " + fix;
  }
}
