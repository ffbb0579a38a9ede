# The application alone, for a PostgreSQL elsewhere (BANAM_DATABASE_URL; BANAM_OWNER_URL for migrate only). It runs with a
# read-only root: it writes below /var/lib/banam and /tmp only. Plain http inside: put a proxy with https in front.

FROM node:22-bookworm-slim AS packages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev --omit=optional

FROM golang:1.26.8-bookworm AS build
WORKDIR /src
ENV CGO_ENABLED=0 GOFLAGS="-trimpath -buildvcs=false"
COPY go.mod go.sum ./
COPY tools/assets/go.mod tools/assets/go.sum tools/assets/
RUN go mod download && cd tools/assets && go mod download
COPY . .
COPY --from=packages /src/node_modules node_modules
RUN cd tools/assets && go run . -root ../..
RUN go build -ldflags="-s -w" -o /banam ./cmd/banam

FROM debian:bookworm-slim
RUN groupadd --system --gid 10001 banam \
 && useradd --system --uid 10001 --gid banam --no-create-home --home-dir /var/lib/banam --shell /usr/sbin/nologin banam \
 && install -d -o banam -g banam -m 0700 /var/lib/banam
# Authorities for https and SMTP to others; the slim image has none.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /banam /usr/local/bin/banam
USER 10001:10001
ENV BANAM_ADDR=0.0.0.0:8080 BANAM_DATA=/var/lib/banam BANAM_SECURE=1
WORKDIR /var/lib/banam
VOLUME ["/var/lib/banam"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=6s --start-period=20s --retries=3 CMD ["banam", "doctor", "--live"]
ENTRYPOINT ["banam"]
CMD ["serve"]
