# The program okta-graph, as plain JavaScript with production dependencies only.

# The tag is for people; the digest, of all platforms, is what is pulled.
FROM node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS build
WORKDIR /app
COPY package.json package-lock.json LICENSE ./
# No package needs its install script here, so none is run.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src src
COPY scripts scripts
# Makes dist/, with the workflows bundled ahead, so that the worker starts without a bundler.
RUN npm run build && npm prune --omit=dev --ignore-scripts
# Temporal's package has its native part for all platforms.
RUN find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 \
  ! -name "$(node -p "({ x64: 'x86_64', arm64: 'aarch64' })[process.arch]")-unknown-linux-gnu" -exec rm -r {} +

FROM node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe
# Temporal's client reads the system's certificates; the slim image has none.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
LABEL org.opencontainers.image.title=okta-graph \
  org.opencontainers.image.description="Syncs Okta users, groups and memberships into Neo4j" \
  org.opencontainers.image.licenses=MIT
ENV NODE_ENV=production
# Port 8080 of the container's own networks: /healthz and /readyz.
ENV HEALTH_ADDRESS=0.0.0.0:8080
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/dist/client.js /usr/local/bin/okta-graph
# By number, so that an orchestrator can see that it is not root.
USER 1000:1000
# Whether the process lives; an orchestrator that restarts on it MUST NOT do so for a database that is away.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.HEALTH_ADDRESS.split(':').pop()+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# The process itself gets SIGTERM, and drains within 30 s.
CMD ["node", "dist/client.js", "worker"]
