#!/bin/sh
# The browser tests need Debian's Chromium. Installs it as root, or says that the tests are left out.
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'Installing chromium for the browser tests …'
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null && exit 0
fi
echo '!!! BROWSER TESTS ARE LEFT OUT: chromium is missing (apt-get install chromium) !!!' >&2
[ -z "${REQUIRE_BROWSER:-}" ]
