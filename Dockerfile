# The image of the service: one binary on distroless, no shell, not root.
# `make image-check` does what this file does where there is no Docker, and says how large the outcome is.

# --- the tools: also the stage in which the tests run (docker build --target tools) -------------------------------------------
FROM rust:1.95-bookworm AS tools
COPY --from=node:20.19-bookworm-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:20.19-bookworm-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
# The emulators need a JDK, the browser tests a browser. Versions follow the base image's Debian release.
# hadolint ignore=DL3008
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx \
    && rustup component add clippy rustfmt \
    && apt-get update \
    && apt-get install --yes --no-install-recommends openjdk-17-jdk-headless make chromium \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src

# --- the recipe of the dependencies: changes when Cargo.toml or Cargo.lock do --------------------------------------------------
FROM rust:1.95-bookworm AS chef
RUN cargo install --locked cargo-chef@0.1.78
WORKDIR /src

FROM chef AS recipe
COPY Cargo.toml Cargo.lock ./
COPY bench ./bench
COPY simulators ./simulators
COPY src ./src
COPY benches ./benches
COPY tests/it ./tests/it
RUN cargo chef prepare --recipe-path recipe.json --bin leadgen-pro

# --- the binary -----------------------------------------------------------------------------------------------------------------
FROM chef AS build
COPY --from=recipe /src/recipe.json .
# A layer of its own: a change of the service's code builds the service alone.
RUN cargo chef cook --release --locked --package leadgen-pro --recipe-path recipe.json
COPY Cargo.toml Cargo.lock ./
COPY bench ./bench
COPY simulators ./simulators
COPY src ./src
COPY benches ./benches
COPY tests/it ./tests/it
RUN cargo build --release --locked --package leadgen-pro --bin leadgen-pro

# --- the image ------------------------------------------------------------------------------------------------------------------
# glibc, libgcc and the CA certificates that Google's token client reads; Debian 12 as in the stage that built it.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/leadgen-pro /leadgen-pro
# Nothing is written: the root file system may be read-only.
# 65532 is distroless's `nonroot`; as a number, platforms can see that it is not root.
USER 65532
ENTRYPOINT ["/leadgen-pro"]
CMD ["serve"]
