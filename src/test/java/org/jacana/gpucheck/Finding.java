package org.jacana.gpucheck;

import java.util.List;

/**
 * What one check found.
 *
 * @param name of the check
 * @param ok whether it passed; a check that could not run here is no failure but says so
 * @param summary one line
 * @param details what failed, or figures; may be empty
 */
record Finding(String name, boolean ok, String summary, List<String> details) {
  static Finding pass(String name, String summary) {
    return new Finding(name, true, summary, List.of());
  }

  static Finding fail(String name, String summary, List<String> details) {
    return new Finding(name, false, summary, details);
  }
}
