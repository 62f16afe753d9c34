/**
 * File formats: safetensors, npy and npz, TensorBoard events, and files that appear whole or not at
 * all.
 */
package org.jacana.io;
