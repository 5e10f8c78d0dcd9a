#!/bin/sh
# The browser tests drive Debian's chromium: install it where that is possible, else say loudly what is left out.
command -v chromium >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'Installing chromium for the browser tests …'
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y chromium >/dev/null && exit 0
fi
echo '!!! THE BROWSER TESTS ARE LEFT OUT: there is no chromium here (apt-get install chromium) !!!' >&2
[ -z "${REQUIRE_BROWSER:-}" ]
