# The same bot in a container: docker build -t shebao-bot . && docker run -e TELEGRAM_BOT_TOKEN -v shebao:/data shebao-bot
FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements/build.txt requirements/run.txt requirements/
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements/build.txt \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-build-isolation -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
 && /opt/venv/bin/pip uninstall --yes --disable-pip-version-check setuptools

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home shebao && install -d -o shebao /data
COPY --from=build /opt/venv /opt/venv
COPY knowledge /app/knowledge
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SHEBAO_DATA_DIR=/data SHEBAO_KNOWLEDGE_DIR=/app/knowledge
USER shebao
WORKDIR /app
VOLUME /data
CMD ["shebao", "run"]
