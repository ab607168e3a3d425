#!/bin/sh
# Compiles the BPF objects: build.sh OUTPUT-DIRECTORY. Only what is older than its sources.
set -eu
out=$1
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"

missing=
for tool in clang llvm-strip; do
  command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
[ -e /usr/include/bpf/bpf_helpers.h ] || missing="$missing libbpf-dev"
if [ -n "$missing" ]; then
  echo "plane-xdp: cannot compile the BPF programs, missing:$missing. ./dev setup installs them." >&2
  exit 1
fi

# The UAPI headers of the machine; asm/ lies in a folder named by the architecture.
arch=$(uname -m)
for source in *.bpf.c bench/*.bpf.c; do
  [ -e "$source" ] || continue
  object=$out/$(basename "$source" .c).o
  if [ -e "$object" ] && [ -z "$(find . -type f -newer "$object" | head -n 1)" ]; then
    continue
  fi
  clang -g -O2 -target bpf -mcpu=v3 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers \
    -Wno-sign-compare -Werror -fdebug-compilation-dir=. \
    "-I/usr/include/$arch-linux-gnu" -I. -c "$source" -o "$object.tmp"
  llvm-strip -g "$object.tmp"
  mv "$object.tmp" "$object"
done
