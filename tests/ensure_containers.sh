#!/bin/sh
# The test of the container image needs programs of Debian and root. CI installs them; otherwise
# this says that the test is left out. Only with REQUIRE_CONTAINERS is that an error.
set -- buildah podman runc mmdebstrap
PATH=$PATH:/usr/sbin
for program in "$@"; do
    command -v "$program" >/dev/null || missing=yes
done
[ -z "${missing:-}" ] && exit 0
if [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo 'Installing the programs that build and run the container image …'
    apt-get update -qq &&
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" \
            >/dev/null && exit 0
fi
echo "!!! THE TEST OF THE CONTAINER IMAGE IS LEFT OUT: root and apt-get install $* !!!" >&2
[ -z "${REQUIRE_CONTAINERS:-}" ]
