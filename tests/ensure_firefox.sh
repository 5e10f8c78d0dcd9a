#!/bin/sh
# A few browser tests run in Debian's Firefox too. Installs it as root, or says that they are left
# out.
command -v firefox-esr >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'Installing firefox-esr …'
    apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
            firefox-esr >/dev/null && exit 0
fi
command -v firefox >/dev/null && exit 0
echo '!!! FIREFOX TESTS ARE LEFT OUT: apt-get install firefox-esr !!!' >&2
[ -z "${REQUIRE_BROWSER:-}" ]
