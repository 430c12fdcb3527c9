# One image, two commands: `worker` and `api`. Runs without root and on a read-only root file system.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS dependencies
WORKDIR /srv/sluice
COPY package.json package-lock.json .npmrc ./
# No package that the service uses needs its install script.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && npm cache clean --force

FROM node:${NODE_VERSION}-bookworm-slim
# The core of Temporal's SDK verifies TLS against the system's certificates, which the slim image lacks.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /srv/sluice
COPY --from=dependencies /srv/sluice/node_modules ./node_modules
COPY package.json tsconfig.json ./
COPY bin ./bin
COPY rollout ./rollout
COPY workflows ./workflows
COPY activities ./activities
COPY worker ./worker
COPY api ./api
COPY web ./web

# glibc would keep an arena of freed memory for each of Temporal's threads.
ENV NODE_ENV=production \
  MALLOC_ARENA_MAX=2 \
  SLUICE_API_HOST=0.0.0.0 \
  SLUICE_API_PORT=8080 \
  SLUICE_METRICS_HOST=0.0.0.0 \
  SLUICE_METRICS_PORT=9464
EXPOSE 8080 9464
USER node
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "bin/service.js", "health"]
ENTRYPOINT ["node", "bin/service.js"]
CMD ["worker"]
