#!/bin/sh
# What must be there before anything of this project can run; says what to install when it is not.
fail() {
    printf '\n%s\n' "$1" >&2
    exit 1
}
command -v "${CARGO:-cargo}" >/dev/null 2>&1 ||
    fail "There is no \`cargo\` here. Install Rust from https://rustup.rs and run the command again."
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
    fail "There is no \`node\` with \`npm\` here. Install Node.js 20 or newer from https://nodejs.org and run the command again."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node.js $(node --version) is too old: 20.19 or newer is needed. Install it from https://nodejs.org and run the command again."
