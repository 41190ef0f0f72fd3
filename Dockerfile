# The service as an unprivileged user. It writes to /data only, so the root file system can be read-only.

FROM rust:1.95-slim-bookworm AS build
# Node bundles the pages' script; an image without it would be a mistake that nobody sees.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nodejs npm \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
ENV REQUIRE_CLIENT=1
RUN cargo build --profile dist --locked --bin clinic-directory

FROM debian:bookworm-slim
RUN groupadd --gid 10001 clinic \
    && useradd --uid 10001 --gid clinic --no-create-home --home-dir /data --shell /usr/sbin/nologin clinic \
    && install --directory --owner clinic --group clinic /data
COPY --from=build /src/target/dist/clinic-directory /usr/local/bin/

# By number, so that an orchestrator can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV DATABASE_URL=sqlite:///data/clinics.db
EXPOSE 8080
STOPSIGNAL SIGTERM

# Bash opens the connection itself: an HTTP client would be one more package to keep patched.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && \
printf 'GET /readyz HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && \
read -r _ status _ <&3 && [ \"$status\" = 200 ]"]

# --empty: a volume that was not mounted must never publish the invented demonstration clinics.
ENTRYPOINT ["clinic-directory"]
CMD ["serve", "--empty", "--listen", "0.0.0.0:8080"]
