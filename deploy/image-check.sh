#!/usr/bin/env bash
# `make image-check`: does what the Dockerfile does where there is no Docker, and looks at the outcome.
#
# The binary is built as the image builds it, then started in a root of its own that holds what distroless/cc holds and nothing
# else: glibc, libgcc, CA certificates; not as root, everything read-only. Prints its size and how soon it answers.
# Needed: Linux with user namespaces (unshare) or root, and readelf.
set -euo pipefail
cd "$(dirname "$0")/.."
LIMIT_BYTES=$((30 * 1024 * 1024))
TRIES=20

stop() {
    printf 'image-check: %s\n' "$1" >&2
    exit 1
}

cargo build --release --locked --package leadgen-pro --bin leadgen-pro
binary=$(realpath "${CARGO_TARGET_DIR:-target}")/release/leadgen-pro
size=$(stat -c %s "$binary")
[ "$size" -lt "$LIMIT_BYTES" ] || stop "the binary has $size bytes: more than $LIMIT_BYTES"

# What distroless/cc-debian12 has. Another library here would be missing there.
needed=$(readelf -d "$binary" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
for library in $needed; do
    case "$library" in
    libc.so.6 | libm.so.6 | libgcc_s.so.1 | libdl.so.2 | libpthread.so.0 | ld-linux-x86-64.so.2 | ld-linux-aarch64.so.1) ;;
    *) stop "the binary needs $library, which distroless/cc has not" ;;
    esac
done

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/etc/ssl/certs"
cp "$binary" "$root/leadgen-pro"
cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
ldd "$binary" | sed -n 's/.*=> \(\/[^ ]*\).*/\1/p; s/^[[:space:]]*\(\/lib[^ ]*ld-[^ ]*\) .*/\1/p' | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done
chmod -R a-w,a+rX "$root"
trap 'chmod -R u+w "$root"; rm -rf "$root"' EXIT

# Root becomes nobody inside; anybody else is nobody outside, and only looks like root inside.
if [ "$(id -u)" = 0 ]; then
    in_root=(chroot --userspec=65532:65532 "$root")
else
    in_root=(unshare --user --map-root-user chroot "$root")
fi

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
key=$(head -c 32 /dev/zero | base64)
# As on Cloud Run: production settings, no emulator, nothing reachable. Keys are cold; only /livez has to answer.
node deploy/start-time.mjs "$TRIES" "http://127.0.0.1:$port/livez" \
    "${in_root[@]}" /leadgen-pro serve <<EOF2 || stop "it does not start in an empty root"
GOOGLE_CLOUD_PROJECT=image-check
HOST=127.0.0.1
PORT=$port
PHONE_INDEX_KEY=$key
PUSH_AUDIENCE=https://service.example
PUSH_SERVICE_ACCOUNTS=invoker@image-check.iam.gserviceaccount.com
EOF2
printf 'binary: %.1f MiB, needs %s\n' "$(awk "BEGIN { print $size / 1048576 }")" "$(tr '\n' ' ' <<<"$needed")"
