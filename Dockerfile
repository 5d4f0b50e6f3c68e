# The API, on the Node version that Express runs fastest on. A director or a real server runs on its host, not in here.
FROM node:24-bookworm-slim AS build
WORKDIR /homeward
COPY package.json package-lock.json .npmrc ./
# Without the optional packages: they carry a PostgreSQL and a Node, and the image has its own of both.
RUN npm ci --omit=optional
# The bundler's program is an optional package too, one for each processor.
RUN npm install --no-save --omit=optional @esbuild/linux-$(node -p process.arch)@$(node -p "require('esbuild/package.json').version")
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY migrations migrations
COPY src src
COPY packaging packaging
RUN npm run build
RUN npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOMEWARD_HOST=0.0.0.0 HOMEWARD_DATA_DIR=/var/lib/homeward
WORKDIR /homeward
COPY --from=build /homeward/package.json ./
COPY --from=build /homeward/node_modules node_modules
COPY --from=build /homeward/dist dist
# A fresh volume takes over the owner of the directory that it is mounted on.
RUN install --directory --owner=node --group=node --mode=0700 /var/lib/homeward
VOLUME /var/lib/homeward
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["api"]
