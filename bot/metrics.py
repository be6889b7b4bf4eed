"""What is counted and timed, for Prometheus. Labels hold no personal data and few values."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)

UPDATES = Counter("shebao_updates_received", "Updates taken into the inbox.", ["by"], registry=REGISTRY)
WEBHOOK = Counter("shebao_webhook_requests", "Requests to the webhook by status.", ["status"], registry=REGISTRY)
DECISIONS = Counter(
    "shebao_decisions",
    "Questions by what became of them: answered, asking, clarify or none.",
    ["outcome"],
    registry=REGISTRY,
)
INLINE = Counter(
    "shebao_inline_queries",
    "Inline queries by what became of them: found, nothing, dropped (the same person had typed on) or error.",
    ["outcome"],
    registry=REGISTRY,
)
STORED = Histogram(
    "shebao_reply_stored_seconds",
    "From the receipt of an update until its replies are stored.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
SENT = Histogram(
    "shebao_reply_sent_seconds",
    "From the receipt of an update until Telegram has taken a reply.",
    buckets=_SECONDS,
    registry=REGISTRY,
)
SENDS = Counter(
    "shebao_sends",
    "Calls of the Bot API by result: ok, refused (never to be repeated), limited (429) or error.",
    ["method", "result"],
    registry=REGISTRY,
)
RETRIES = Counter("shebao_send_retries", "Calls made again after a failure.", registry=REGISTRY)
POISON = Counter("shebao_poison_updates", "Updates set aside after three failures.", registry=REGISTRY)
INBOX = Gauge("shebao_inbox_depth", "Updates by state: waiting, failed.", ["state"], registry=REGISTRY)
OUTBOX = Gauge("shebao_outbox_depth", "Messages by state: waiting, failed.", ["state"], registry=REGISTRY)
KNOWLEDGE = Info("shebao_knowledge", "The knowledge that answers come from.", registry=REGISTRY)
BUILD = Info("shebao_build", "The program.", registry=REGISTRY)

CONTENT_TYPE = CONTENT_TYPE_LATEST


def release() -> str:
    """The program's version; "0" where it runs without being installed."""
    try:
        return version("shebao-bot")
    except PackageNotFoundError:
        return "0"


def describe(revision: str, entries: int) -> None:
    """Say what knowledge this process answers from."""
    KNOWLEDGE.info({"revision": revision, "entries": str(entries)})
    BUILD.info({"version": release()})


def render() -> bytes:
    """Everything in Prometheus' text format."""
    return generate_latest(REGISTRY)
