#!/bin/bash
# Installs Shoebox on an EC2 instance. Fill in BUCKET_NAME and SOURCE_URL and
# paste this as user data.
# Runs on Amazon Linux 2023, Debian 12 or later, and Ubuntu 24.04 or later. The
# instance needs a role with policies/serving_policy.json, the first one also with
# policies/provisioning_policy.json, and a security group that allows port 80, and
# port 443 for HTTPS.
# It is safe to run again, and that is how to upgrade:
#   sudo bash /var/lib/cloud/instance/scripts/part-001
# `bash user_data.sh --check` only validates the settings.

SETTINGS="BUCKET_NAME REGION TABLE_NAME SITE_TITLE UPLOADS UPLOAD_PASSWORD
ADMIN_PASSWORD SOURCE_URL SOURCE_SHA256 DOMAIN ACME_EMAIL ACME_SERVER"
for name in $SETTINGS; do printf -v "ENV_$name" %s "${!name:-}"; done

# An empty setting is read from the environment, then takes its default.
# Every program on the instance can read the user data, so it is better to leave
# the passwords empty. The script then generates them and stores them in SSM
# Parameter Store, shared by all instances of the bucket.
# The last lines of the console log say how to read them.
BUCKET_NAME=''        # the bucket for the photos; created if it does not exist.
                      # Bucket names are global.
REGION=''             # such as eu-central-1; default: the instance's region
TABLE_NAME=''         # default: photos; the others are photos-listings and -postings
SITE_TITLE=''         # the name at the top of every page; default: Shoebox
UPLOADS=''            # open: anyone may upload; default: uploading takes the
                      # upload password
UPLOAD_PASSWORD=''    # at least 12 characters; default: generated
ADMIN_PASSWORD=''     # needed to manage all photos; default: generated
SOURCE_URL=''         # https://….tar.gz, s3://bucket/key.tar.gz or
                      # https://….git#tag
SOURCE_SHA256=''      # of the tarball; default: not verified
DOMAIN=''             # a host name that points at this instance, for HTTPS;
                      # default: HTTP only
ACME_EMAIL=''         # contact address for the certificate authority;
                      # default: none
ACME_SERVER=''        # ACME directory URL; default: Let's Encrypt, whose terms
                      # you accept by setting DOMAIN

for name in $SETTINGS; do
  from_environment="ENV_$name"
  if [ -z "${!name}" ]; then printf -v "$name" %s "${!from_environment}"; fi
done

set -Eeuo pipefail
umask 022
export HOME=/root LC_ALL=C.UTF-8
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1
LOG=/var/log/shoebox-install.log
ENV_FILE=/etc/shoebox/env
BASE=/opt/shoebox
IMDS=http://169.254.169.254/latest
# For an s3:// source; the versions of requirements.txt.
BOTO3="boto3==1.44.5 botocore==1.44.5 jmespath==1.1.0 python-dateutil==2.9.0.post0
s3transfer==0.19.3 six==1.17.0 urllib3==2.8.0"
RELEASE='' WORK='' SECRETS='' GENERATED=() STEP='validating the settings'

# ---- validation

problems=()
invalid() { problems+=("  $1: ${*:2}"); }

check_settings() {
  : "${TABLE_NAME:=photos}"
  check_bucket
  [[ -z $REGION || $REGION =~ ^[a-z]{2,}(-[a-z]+)+-[0-9]+$ ]] ||
    invalid REGION "must be a region such as us-east-1 or ap-northeast-2," \
      "or empty for the instance's region."
  [[ $TABLE_NAME =~ ^[A-Za-z0-9_.-]{3,240}$ ]] ||
    invalid TABLE_NAME \
      "must be 3 to 240 letters, digits, dots, hyphens and underscores."
  [ ${#SITE_TITLE} -le 100 ] ||
    invalid SITE_TITLE "must have at most 100 characters."
  [[ -z $UPLOADS || $UPLOADS == open ]] ||
    invalid UPLOADS "must be open or empty."
  [[ -z $UPLOADS || -z $UPLOAD_PASSWORD ]] ||
    invalid UPLOAD_PASSWORD "can't be set together with UPLOADS=open."
  [[ -z $UPLOAD_PASSWORD || $UPLOAD_PASSWORD != "$ADMIN_PASSWORD" ]] ||
    invalid ADMIN_PASSWORD "must differ from UPLOAD_PASSWORD."
  for name in SITE_TITLE UPLOAD_PASSWORD ADMIN_PASSWORD; do
    local value=${!name}
    if [[ $value =~ [[:cntrl:]] ]]; then
      invalid "$name" "must be one line of plain text."
    elif [[ $name != SITE_TITLE && -n $value && ${#value} -lt 12 ]]; then
      invalid "$name" "must have at least 12 characters."
    fi
  done
  check_source
  [[ -z $SOURCE_SHA256 || $SOURCE_SHA256 =~ ^[0-9a-f]{64}$ ]] ||
    invalid SOURCE_SHA256 \
      "must be 64 hexadecimal digits, as printed by sha256sum."
  local label="[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
  [[ -z $DOMAIN || ${#DOMAIN} -le 253 &&
    $DOMAIN =~ ^($label\.)+[a-z][a-z0-9-]*[a-z0-9]$ ]] ||
    invalid DOMAIN "must be a host name such as photos.example.org," \
      "in lower case, without https:// and path."
  [[ -z $ACME_EMAIL ||
    $ACME_EMAIL =~ ^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+\.[A-Za-z]+$ ]] ||
    invalid ACME_EMAIL "must be an email address such as me@example.org."
  [[ -z $ACME_SERVER ||
    $ACME_SERVER =~ ^https://[A-Za-z0-9][A-Za-z0-9.:/_~-]+$ ]] ||
    invalid ACME_SERVER "must be the https:// URL of an ACME directory."
  [ ${#problems[@]} -eq 0 ] && return
  printf 'Shoebox was not installed. These settings are invalid:\n' >&2
  printf '%s\n' "${problems[@]}" >&2
  return 1
}

check_bucket() {   # Amazon S3 User Guide, "General purpose bucket naming rules"
  local hint="must be 3 to 63 lower-case letters, digits, dots and hyphens"
  hint+=", such as my-photos-2026."
  if [ -z "$BUCKET_NAME" ]; then
    invalid BUCKET_NAME "is required: the bucket for the photos."
  elif [[ ! $BUCKET_NAME =~ ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$ ||
    $BUCKET_NAME == *..* ]]; then
    invalid BUCKET_NAME "$hint"
  elif [[ $BUCKET_NAME =~ ^[0-9.]+$ ]] ||
    [[ $BUCKET_NAME =~ ^(xn--|sthree-|amzn-s3-demo-) ]] ||
    [[ $BUCKET_NAME =~ (-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$ ]]; then
    invalid BUCKET_NAME "is reserved by AWS; it $hint"
  fi
}

check_source() {
  local url=${SOURCE_URL%%#*}
  local page="^(https://(github|gitlab)\.com/[^/]+/[^/]+)((/-)?/tree/([^/]+))?"
  if [[ ! $url =~ ^(https|s3)://[^/[:space:]]+/[^[:space:]]+$ ]]; then
    invalid SOURCE_URL \
      "must be https://….tar.gz, s3://bucket/key.tar.gz or https://….git#tag."
  elif [[ $url == *.zip ]]; then
    invalid SOURCE_URL "is a .zip file. Use ${url%.zip}.tar.gz"
  elif [[ ! $url =~ (\.git|\.tar\.gz|\.tgz)$|/tarball/ && $url =~ $page ]]; then
    invalid SOURCE_URL \
      "is a web page. Use ${BASH_REMATCH[1]}.git#${BASH_REMATCH[5]:-TAG}"
  fi
}

# ---- helpers

step() { STEP=$1; printf '%s shoebox: %s\n' "$(date -u +%H:%M:%S)" "$STEP"; }

fail() {
  trap - ERR
  trap '' HUP INT PIPE TERM
  [ -z "$RELEASE" ] || [ "$RELEASE" = "$(readlink -f "$BASE/current")" ] ||
    rm -rf "$RELEASE"
  printf 'shoebox: FAILED at "%s": %s\n' "$STEP" "$*"
  exit 1
}

# shellcheck disable=SC2329  # the trap in main calls it
on_error() {
  local code=$1 line=$2 command=$3
  fail "line $line exited with $code: ${command%%$'\n'*}." \
    "See the lines above or $LOG.
shoebox: fix it, then run: sudo bash /var/lib/cloud/instance/scripts/part-001"
}

retry() {   # retry COMMAND...: five attempts, for failing networks and held locks
  local pause
  for pause in 2 5 10 20; do
    "$@" && return
    printf 'shoebox: %s failed, retrying in %s s\n' "$1" "$pause" >&2
    sleep "$pause"
  done
  "$@"
}

imds() {
  local token
  token=$(curl -sf -m 5 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' \
    "$IMDS/api/token") &&
    curl -sf -m 5 -H "X-aws-ec2-metadata-token: $token" "$IMDS/meta-data/$1"
}

quoted() {   # for systemd.exec(5) EnvironmentFile=
  local text=$1
  text=${text//\\/\\\\} text=${text//\"/\\\"}
  text=${text//\`/\\\`} text=${text//\$/\\\$}
  printf '"%s"' "$text"
}

# ---- the steps

install_packages() {
  # shellcheck source=/dev/null
  . /etc/os-release
  case "$ID ${VERSION_ID:-}" in
    "amzn 2023"*) install_with_dnf ;;
    amzn*)
      fail "Amazon Linux $VERSION_ID is not supported (2 ended on 2026-06-30):" \
        "launch Amazon Linux 2023."
      ;;
    debian* | ubuntu*) install_with_apt ;;
    *)
      fail "$PRETTY_NAME is not supported:" \
        "launch Amazon Linux 2023, Debian 12 or Ubuntu 24.04."
      ;;
  esac
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$PRETTY_NAME has no Python 3.11 or later:" \
      "launch Amazon Linux 2023, Debian 12 or Ubuntu 24.04."
}

# python3 is 3.9 on Amazon Linux 2023 and must stay the system's default.
install_with_dnf() {
  retry dnf -y -q install nginx openssl git-core tar gzip
  retry install_python ||
    fail "none of python3.12, 3.13 and 3.11 could be installed."
}

# shellcheck disable=SC2329  # retry calls it
install_python() {
  for PYTHON in python3.12 python3.13 python3.11; do
    if dnf -y -q install "$PYTHON" "$PYTHON-pip"; then return; fi
  done
  return 1
}

install_with_apt() {
  PYTHON=python3
  local apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
  retry "${apt[@]}" update
  # Mask nginx until the site is ready: Debian starts it with its welcome page.
  command -v nginx >/dev/null || systemctl mask nginx
  retry "${apt[@]}" install --no-install-recommends \
    ca-certificates curl git nginx openssl python3 python3-venv
  systemctl unmask nginx
  rm -f /etc/nginx/sites-enabled/default
}

await_role() {   # role credentials can arrive some time after boot
  local role
  for _ in {1..60}; do
    role=$(imds iam/security-credentials/ | head -n 1) &&
      imds "iam/security-credentials/$role" |
      grep -q '"Code" *: *"Success"' && return
    sleep 3
  done
  fail "the instance has no role. Attach one with policies/serving_policy.json" \
    "(EC2 console: Actions, Security,
Modify IAM role), then run: sudo bash /var/lib/cloud/instance/scripts/part-001"
}

fetch_source() {
  RELEASE=$BASE/releases/$(date -u +%Y%m%dT%H%M%SZ)
  mkdir -p "$RELEASE"
  local archive=$WORK/source.tar.gz address=${SOURCE_URL%%#*} ref=HEAD
  [[ $SOURCE_URL != *#* ]] || ref=${SOURCE_URL#*#}
  case $address in
    *.git)
      [ -z "$SOURCE_SHA256" ] ||
        echo "shoebox: SOURCE_SHA256 applies to tarballs only." \
          "Pin a repository with a commit after #."
      fetch_git "$address" "$ref"
      return
      ;;
    s3://*) fetch_s3 "${address#s3://}" "$archive" ;;
    *) retry curl --proto =https -fsSL -m 300 -o "$archive" "$address" ;;
  esac
  [ -z "$SOURCE_SHA256" ] ||
    echo "$SOURCE_SHA256  $archive" | sha256sum -c --quiet ||
    fail "the tarball does not match SOURCE_SHA256."
  gzip -t "$archive" ||
    fail "SOURCE_URL is not a .tar.gz file, but perhaps a web page or a .zip file."
  tar -xzf "$archive" -C "$RELEASE" --strip-components=1 --no-same-owner
  # git archive, and thereby GitHub, notes the commit in a tarball.
  gzip -dc "$archive" 2>/dev/null |
    git get-tar-commit-id >"$RELEASE/RELEASE" || true
}

fetch_git() {
  git init -q "$RELEASE"
  retry git -C "$RELEASE" fetch -q --depth 1 "$1" "$2"
  git -C "$RELEASE" -c advice.detachedHead=false checkout -q FETCH_HEAD
  echo "$2 $(git -C "$RELEASE" rev-parse --short=12 HEAD)" >"$RELEASE/RELEASE"
  rm -rf "$RELEASE/.git"
}

fetch_s3() {
  "$PYTHON" -m venv "$WORK/venv"
  # shellcheck disable=SC2086  # a list of packages
  retry "$WORK/venv/bin/pip" -q --disable-pip-version-check install \
    --only-binary :all: $BOTO3
  retry "$WORK/venv/bin/python" -c 'import sys, boto3
s3 = boto3.client("s3", region_name=sys.argv[1])
s3.download_file(*sys.argv[2:])' "$REGION" "${1%%/*}" "${1#*/}" "$2"
}

build_release() {
  [ -f "$RELEASE/requirements.txt" ] ||
    fail "SOURCE_URL has no requirements.txt. Is it Shoebox?"
  chmod -R u+rwX,go+rX,go-w "$RELEASE"
  "$PYTHON" -m venv "$RELEASE/.venv"
  local requirements=$RELEASE/requirements.txt
  # deploy/requirements.txt has the same, and certbot.
  [ -z "$DOMAIN" ] || requirements=$RELEASE/deploy/requirements.txt
  retry "$RELEASE/.venv/bin/pip" -q --disable-pip-version-check install \
    --no-cache-dir --only-binary :all: --require-hashes -r "$requirements"
  "$RELEASE/.venv/bin/python" -m compileall -q "$RELEASE/app"
}

make_user() {
  id -u shoebox >/dev/null 2>&1 ||
    useradd --system --user-group --no-create-home --home-dir "$BASE" \
      --shell /usr/sbin/nologin shoebox
}

# The first instance of a bucket generates the secrets, the others read them.
share_secrets() {
  local name
  GENERATED=()
  for name in UPLOAD_PASSWORD ADMIN_PASSWORD; do
    [ -n "${!name}" ] || [ "$UPLOADS:$name" = open:UPLOAD_PASSWORD ] ||
      GENERATED+=("$name")
  done
  # A new role may take a while to get its permissions.
  SECRETS=$(retry "$RELEASE/.venv/bin/python" \
    "$RELEASE/deploy/shared_secrets.py" "$BUCKET_NAME" "$REGION" \
    SECRET_KEY "${GENERATED[@]}")
}

write_settings() {   # keeps lines that the operator added
  local name ours="PHOTO_BUCKET PHOTO_TABLE AWS_REGION SECRET_KEY"
  local optional="UPLOAD_PASSWORD ADMIN_PASSWORD AWS_ENDPOINT_URL"
  optional+=" DOMAIN ACME_EMAIL ACME_SERVER"
  ours+=" $optional"
  install -d -m 0750 -o root -g shoebox "${ENV_FILE%/*}"
  {
    echo "# Settings of the site, written by user_data.sh." \
      "After a change: systemctl restart shoebox"
    printf '%s\n' "PHOTO_BUCKET=$BUCKET_NAME" "PHOTO_TABLE=$TABLE_NAME" \
      "AWS_REGION=$REGION" "$SECRETS"
    for name in SITE_TITLE PROXY_HOPS MEDIA_BASE_URL CLOUDFRONT_DISTRIBUTION_ID \
      PUBLIC_BUCKET $optional; do
      [ -n "${!name:-}" ] || continue
      printf '%s=%s\n' "$name" "$(quoted "${!name}")"
      ours+=" $name"
    done
    [ ! -f "$ENV_FILE" ] || grep -vE "^(#|(${ours// /|})=)" "$ENV_FILE" || true
  } >"$ENV_FILE.new"
  chown root:shoebox "$ENV_FILE.new"
  chmod 0640 "$ENV_FILE.new"
  mv "$ENV_FILE.new" "$ENV_FILE"
  # For `shoebox upgrade`. The URL may contain a password.
  (umask 077 && echo "$SOURCE_URL" >"${ENV_FILE%/*}/source")
}

print_address() {
  printf '%s shoebox: ready at http://%s/\n' "$(date -u +%H:%M:%S)" \
    "$(imds public-ipv4 || imds local-ipv4)"
  [ ${#GENERATED[@]} -eq 0 ] && return
  echo "shoebox: to read the generated passwords:"
  echo "aws ssm get-parameters --region $REGION --with-decryption --output text" \
    "--query 'Parameters[].[Name,Value]'" \
    "--names ${GENERATED[*]/#//shoebox/$BUCKET_NAME/}"
}

main() {
  trap 'on_error $? $LINENO "$BASH_COMMAND"' ERR
  check_settings || exit 1
  WORK=$(mktemp -d -p /var/tmp)
  trap 'rm -rf "$WORK"' EXIT
  step "waiting for another run to finish"
  exec 9>/run/shoebox-install.lock
  flock -w 1800 9
  trap 'fail "it was interrupted."' HUP INT PIPE TERM
  step "installing packages"
  install_packages
  step "waiting for the role credentials"
  await_role
  : "${REGION:=$(imds placement/region)}"
  step "downloading the source"
  fetch_source
  step "installing the release"
  build_release
  step "reading the shared secrets"
  share_secrets
  step "writing the settings"
  make_user
  write_settings
  step "provisioning bucket $BUCKET_NAME and table $TABLE_NAME in $REGION"
  SHOEBOX_RELEASE=$RELEASE "$RELEASE/deploy/shoebox" provision
  step "starting the site"
  trap '' HUP INT PIPE TERM
  "$RELEASE/deploy/activate" || fail "the new release was not started."
  print_address
}

if [ "${1:-}" = --check ]; then
  check_settings
  echo "The settings are valid."
elif [ "$(id -u)" != 0 ]; then
  echo "Run this script as root: sudo bash $0" >&2
  exit 1
else
  main 2>&1 | tee -a "$LOG"
fi
exit
