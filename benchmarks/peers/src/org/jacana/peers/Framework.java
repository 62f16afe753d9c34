package org.jacana.peers;

import java.util.List;
import java.util.Map;

/** A framework in its own process, called from one thread only. */
interface Framework {
  /** Versions and settings, for the table's head. */
  Map<String, String> about();

  /**
   * Layouts of images in memory that are tried for works with images; the first serves all others.
   */
  List<String> layouts();

  /**
   * Prepares a work.
   *
   * @return null where the framework does not do it here
   */
  Job open(Case work, String layout) throws Exception;
}
