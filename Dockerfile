# The same bot in a container: docker build -t shebao-bot . && docker run -e TELEGRAM_BOT_TOKEN -v shebao:/data shebao-bot
# Works with --read-only, /data and /tmp being volumes. Secrets come from the environment or /run/secrets, never from a layer.
FROM python:3.11.14-slim-trixie AS build
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements/build.txt requirements/run.txt requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/build.txt \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-build-isolation -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/venv/bin/pip uninstall --yes --disable-pip-version-check setuptools pip \
 && /opt/venv/bin/python -m compileall -q /opt/venv/lib

FROM python:3.11.14-slim-trixie
# For pictures of papers: the smallest of Debian's fonts with Chinese and Latin characters, 5 MB.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends fonts-wqy-microhei \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --system --gid 10001 shebao \
 && useradd --system --uid 10001 --gid shebao --no-create-home --shell /usr/sbin/nologin shebao \
 && install -d -o shebao -g shebao /data
COPY --from=build /opt/venv /opt/venv
COPY knowledge /app/knowledge
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    SHEBAO_DATA_DIR=/data SHEBAO_KNOWLEDGE_DIR=/app/knowledge SHEBAO_HTTP_LISTEN=127.0.0.1:8081
USER 10001:10001
WORKDIR /app
VOLUME ["/data", "/tmp"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["shebao", "doctor", "--quick"]
STOPSIGNAL SIGTERM
CMD ["shebao", "run"]
