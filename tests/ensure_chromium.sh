#!/bin/sh
# The browser tests need Debian's chromium-headless-shell, or chromium, which takes more CPU time.
# Installs the package as root, or says that the tests are left out.
# Usage: ensure_chromium.sh [package]
package=${1:-chromium-headless-shell}
command -v "$package" >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing $package …"
    apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$package" >/dev/null && exit 0
fi
command -v chromium >/dev/null && exit 0
echo "!!! BROWSER TESTS ARE LEFT OUT: apt-get install $package !!!" >&2
[ -z "${REQUIRE_BROWSER:-}" ]
