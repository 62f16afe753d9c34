package org.jacana.train;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jacana.io.ModuleState;
import org.jacana.io.StoredTensor;
import org.jacana.nn.Module;

/** The fingerprint of a model's weights: two runs that agree in it agree in every bit. */
public final class WeightsHash {
  private WeightsHash() {}

  /**
   * SHA-256, in lower-case hexadecimal, of all parameters, then all buffers, in the module's order:
   * for each its name, a zero byte, and its elements' little-endian bytes.
   */
  public static String sha256(Module module) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
    ModuleState.tensors(module)
        .forEach(
            (name, t) -> {
              digest.update(name.getBytes(StandardCharsets.UTF_8));
              digest.update((byte) 0);
              digest.update(StoredTensor.of(t).bytes());
            });
    return HexFormat.of().formatHex(digest.digest());
  }
}
