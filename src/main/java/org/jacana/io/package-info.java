/** File formats: safetensors, npy and npz, and files that appear whole or not at all. */
package org.jacana.io;
