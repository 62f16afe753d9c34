#!/usr/bin/env bash
# Builds the stand-ins: build.sh OUT  (a folder that is made whole, or not at all).
# Objects are kept in OUT/../obj under a hash of what they are made from, two compilers run at a time.
# SIM_CHECK=1: kernels whose every access is looked at. SIM_KERNELS: folder of the kernels (default: cuda at the repository's root). CXX: the compiler.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kernels=${SIM_KERNELS:-$here/../../../cuda}
out=$1
mkdir -p "$(dirname "$out")"
out=$(cd "$(dirname "$out")" && pwd)/$(basename "$out")
obj=$(dirname "$out")/obj
cxx=${CXX:-g++}
flags="-std=c++17 -O2 -g -fPIC -fvisibility=hidden -fno-strict-aliasing -ffp-contract=off -fno-math-errno
  -U_FORTIFY_SOURCE -Wall -Wextra -Wno-unknown-pragmas -Wno-unused-function -Wno-unused-variable
  -Wno-unused-parameter -Wno-unused-const-variable ${SIM_FLAGS:-}"
# A misaligned access traps; a thread that needs too much stack meets its end; every static variable gets a section of its own. Warnings are nvcc's work.
kernel_flags="-w -fdata-sections -fstack-clash-protection -fsanitize=alignment -fsanitize-undefined-trap-on-error -DJACANA_HOST
  -I$here -I$kernels"
# Every access looked at by check.cpp; slow.
[ -z "${SIM_CHECK:-}" ] || kernel_flags+=" -fsanitize=thread -DJACANA_CHECK"
mkdir -p "$obj"

shopt -s nullglob
version=$({ "$cxx" --version; echo "$flags"; cat "$here/build.sh" "$here"/*.h; } | sha256sum)
kernel_headers=("$kernels"/*.cuh "$kernels"/*.h)
kernel_version=$({ echo "$kernel_flags"; cat /dev/null "${kernel_headers[@]}"; } | sha256sum)

# The object of a source: its name holds a hash of what it is made from.
object_of() {
  local name hash
  name=$(basename "$1")
  hash=$({ echo "$version"; [[ $name != *.cu ]] || echo "$kernel_version"; cat "$1"; } | sha256sum)
  echo "$obj/${hash:0:16}.$name.o"
}

# Compiles one file to obj/NAME-HASH.NAME.o and prints nothing unless it fails.
compile() {
  local source=$1 name object work
  name=$(basename "$source")
  object=$(object_of "$source")
  [ -f "$object" ] && return 0
  work=${object%.o}.$$
  case $name in
    *.cu)
      # The preprocessor's output tells the names of the kernels, those made by macros too.
      "$cxx" $flags $kernel_flags -DJACANA_SCAN -include "$here/shim.h" -x c++ -E -P "$source" \
        | tr '\n' ' ' | sed 's/[[:space:]]\+/ /g' > "$work.i"
      {
        echo '#include "shim.h"'
        echo 'namespace {  // two files may have helpers of one name'
        echo "#include \"$source\""
        { grep -oE 'JACANA_KERNEL void [A-Za-z_0-9]+ ?\(' "$work.i" || true; } \
          | sed 's/.*void \([A-Za-z_0-9]*\).*/SIM_KERNEL(\1)/'
        { grep -oE 'JACANA_CONSTANT [A-Za-z_0-9 ]+[[;=]' "$work.i" || true; } \
          | sed 's/.* \([A-Za-z_0-9]*\) *[[;=]$/SIM_CONSTANT(\1)/'
        echo '}'
      } > "$work.cpp"
      "$cxx" $flags $kernel_flags -c "$work.cpp" -o "$work.o" || { rm -f "$work".*; return 1; }
      ;;
    *)
      "$cxx" $flags -I"$here" -c "$source" -o "$work.o" || return 1
      ;;
  esac
  mv "$work.o" "$object"
  rm -f "$work.i" "$work.cpp"
}
export -f compile object_of
export cxx flags kernel_flags here kernels obj version kernel_version

driver=(control memory guard exec check stream driver module)
sources=("${driver[@]/#/$here/}")
sources=("${sources[@]/%/.cpp}")
cu=("$here"/*.cu "$kernels"/*.cu)
libraries=()
for name in cublas cudnn; do
  libraries+=("$here"/$name*.cpp)
done
printf '%s\0' "${sources[@]}" "${cu[@]}" "${libraries[@]}" \
  | xargs -0 -n 1 -P 2 bash -euo pipefail -c 'compile "$1"' compile

objects_of() {
  local source
  for source in "$@"; do object_of "$source"; done
}
work=$out.$$
rm -rf "$work"
mkdir -p "$work"
link="$cxx -shared -fPIC -Wl,-z,defs -Wl,--build-id=none"
$link -o "$work/libcuda.so.1" -Wl,-soname,libcuda.so.1 $(objects_of "${sources[@]}" "${cu[@]}") \
  -Wl,-T,"$here/shared.ld"
# Each stand-in of a library: all NAME*.cpp, bound to the driver beside it.
stand_in() {
  local name=$1 soname=$2 files=("$here/$1"*.cpp)
  [ ${#files[@]} -gt 0 ] || return 0
  local map=()
  [ -f "$here/$name.map" ] && map=("-Wl,--version-script=$here/$name.map")
  $link -o "$work/$soname" -Wl,-soname,"$soname" "${map[@]}" $(objects_of "${files[@]}") \
    "$work/libcuda.so.1" -Wl,-rpath,'$ORIGIN'
}
stand_in cublas libcublas.so.12
stand_in cudnn libcudnn.so.9
rm -rf "$out"
mv -T "$work" "$out"
find "$obj" -type f -mtime +2 -delete
