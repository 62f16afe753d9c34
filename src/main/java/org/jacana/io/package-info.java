/** File formats: safetensors, and files that appear whole or not at all. */
package org.jacana.io;
