#!/usr/bin/env bash
# Compiles cuda/*.cu to cuda/ptx/*.ptx, which are committed. Needs nvcc 12 or 13; users do not.
# The text for compute_75 is marked PTX ISA 6.3, so that drivers from 410 on take it.
#   cuda/build.sh            all files whose sources changed
#   cuda/build.sh --all      all files
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p ptx

# What a PTX file is made from; its hash is the file's first line.
hash_of() {
  cat "$1" common.cuh $(sed -n 's/^#include "\(.*\.cuh\)"$/\1/p' "$1" | grep -v '^common.cuh$') |
    sha256sum | cut -d' ' -f1
}

for source in *.cu; do
  name=${source%.cu}
  out=ptx/$name.ptx
  hash=$(hash_of "$source")
  if [ "${1:-}" != --all ] && [ -f "$out" ] && head -1 "$out" | grep -q "$hash"; then
    continue
  fi
  echo "$source"
  arch=$(sed -n 's|^// arch: \(compute_[0-9a-z]*\) .*|\1|p' "$source")
  isa=$(sed -n 's|^// arch: compute_[0-9a-z]* \([0-9.]*\).*|\1|p' "$source")
  nvcc -std=c++17 -O3 -ptx -arch="${arch:-compute_75}" -o "$out.new" "$source"
  {
    echo "// sources sha256 $hash"
    sed -e '/^\/\//d' -e '/^[[:space:]]*$/d' -e '/^[[:space:]]*\/\//d' \
      -e "s/^\.version .*/.version ${isa:-6.3}/" "$out.new"
  } >"$out"
  rm "$out.new"
done

for out in ptx/*.ptx; do
  name=$(basename "$out" .ptx)
  [ -f "$name.cu" ] || rm -v "$out"
done
