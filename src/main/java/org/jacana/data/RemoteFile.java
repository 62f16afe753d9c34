package org.jacana.data;

/** A published file: its name, its size in bytes, and its SHA-256 in lower-case hexadecimal. */
record RemoteFile(String name, long size, String sha256) {}
