#!/bin/sh
# The HTTPS tests need nginx and pebble. CI installs them; otherwise this says that the tests are
# left out.
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null && command -v pebble >/dev/null && exit 0
if [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'Installing nginx and pebble for the HTTPS tests …'
    apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y nginx pebble >/dev/null && exit 0
fi
echo '!!! HTTPS TESTS ARE LEFT OUT: nginx or pebble is missing' \
    '(apt-get install nginx pebble) !!!' >&2
[ -z "${REQUIRE_SERVERS:-}" ]
