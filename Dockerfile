# Image of the site: docs/containers.md. Debian's own Python, and packages as wheels with hashes.
FROM docker.io/library/debian:trixie-slim AS python
RUN apt-get update \
    && apt-get install --yes --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /var/cache/apt/*.bin /var/log/apt

FROM python AS build
RUN apt-get update && apt-get install --yes --no-install-recommends python3-venv
WORKDIR /opt/shoebox
RUN python3 -m venv .venv
COPY requirements.txt .
# Python reads its bytecode from files: the image is read-only when it runs.
RUN .venv/bin/pip install --disable-pip-version-check --no-cache-dir --require-hashes \
        --only-binary :all: --requirement requirements.txt \
    && .venv/bin/pip uninstall --yes pip
COPY app app
RUN python3 -m compileall -q app

FROM python
ENV PATH=/opt/shoebox/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FLASK_APP=app \
    HOST=0.0.0.0 \
    PORT=8000 \
    PHOTO_DIR=/data \
    TMPDIR=/var/tmp
# A number, so that Kubernetes sees that it is not root. New volumes take the owner of the folder.
RUN useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin shoebox \
    && install --directory --owner=shoebox --group=shoebox --mode=0700 /data \
    && rm -f /var/log/lastlog /var/log/faillog
WORKDIR /opt/shoebox
COPY --from=build /opt/shoebox/.venv .venv
COPY --from=build /opt/shoebox/app app
COPY LICENSE ./
COPY deploy/container/healthcheck.py deploy/container/
# `advisories` compares the packages that it names.
COPY deploy/requirements.txt deploy/
COPY docs/openapi.json docs/
COPY policies policies
COPY static static
COPY templates templates
COPY translations translations
# What `status` shows: make image, or RELEASE=$(git describe --always --tags) docker compose build.
ARG RELEASE=
RUN echo "$RELEASE" > RELEASE
USER 10001:10001
# Photos; and forms that are being uploaded, which need disk space.
VOLUME ["/data", "/var/tmp"]
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "deploy/container/healthcheck.py"]
CMD ["python", "-m", "app"]
