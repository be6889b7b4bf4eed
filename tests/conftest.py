"""What the tests share: the real knowledge, a small one, a clean environment, and no network beyond this machine."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import bot.channels.telegram  # noqa: F401 -- sets what python-telegram-bot reads when it is imported
from bot.dialogue import Assistant, Conversation, Reply, State, Utterance, state_of
from bot.knowledge import Knowledge, load
from bot.matching import Matcher
from tests.postgres import Postgres
from tests.process import Bot

ROOT = Path(__file__).resolve().parent.parent
# Coverage counts only what Python itself has started.
Bot.prepared = not any(name.startswith("COVERAGE") for name in os.environ)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load(ROOT / "knowledge")


@pytest.fixture(scope="session")
def matcher(knowledge: Knowledge, shared_cache: Path) -> Matcher:
    return Matcher.from_knowledge(knowledge, shared_cache)


@pytest.fixture(scope="session")
def assistant(knowledge: Knowledge, matcher: Matcher) -> Assistant:
    return Assistant(knowledge, matcher)


class Talk:
    """A conversation under test: say and press things, look at what comes back."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.conversation = Conversation()
        self.replies: tuple[Reply, ...] = ()
        self.now = NOW

    def say(self, text: str, after: timedelta = timedelta(seconds=5)) -> Talk:
        return self._step(Utterance(text), after)

    def press(self, choice: str, after: timedelta = timedelta(seconds=5)) -> Talk:
        return self._step(Utterance(choice=choice), after)

    def _step(self, utterance: Utterance, after: timedelta) -> Talk:
        self.now += after
        self.conversation, self.replies = self.assistant.respond(self.conversation, utterance, self.now)
        assert self.replies, "nobody is left without a word"
        return self

    @property
    def state(self) -> State:
        return state_of(self.conversation, self.replies)

    @property
    def entry(self) -> str | None:
        return self.conversation.entry_id

    @property
    def details(self) -> dict[str, str]:
        return dict(self.conversation.details)

    @property
    def text(self) -> str:
        return "\n".join(reply.text for reply in self.replies)

    @property
    def choices(self) -> list[str]:
        return [choice.id for reply in self.replies for choice in reply.choices]

    @property
    def articles(self) -> list[int]:
        return [number for reply in self.replies if reply.answer for number in reply.answer.articles]


@pytest.fixture
def talk(assistant: Assistant) -> Talk:
    return Talk(assistant)


@pytest.fixture
def new_talk(assistant: Assistant) -> Callable[[], Talk]:
    return lambda: Talk(assistant)


@pytest.fixture(scope="session")
def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all tests keep what is slow to build; each has its own data otherwise."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each engine in turn."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'deep/er/x.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_cache: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("SHEBAO_", "TELEGRAM_")):
            monkeypatch.delenv(name)
    data = tmp_path / "data"
    data.mkdir()
    (data / "cache").symlink_to(shared_cache)
    monkeypatch.setenv("SHEBAO_DATA_DIR", str(data))


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = address[0]
            assert host == "localhost" or ipaddress.ip_address(host).is_loopback, f"a test connects to {host}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


SMALL = {
    "faq.yaml": """\
- id: card-lost
  title: {zh: 卡丢了怎么办, en: What to do when the card is lost}
  summary: {zh: 去窗口补办。, en: Get a new one at the counter.}
  script: {zh: 请到窗口补办。, en: Please get a new one at the counter.}
  phrasings:
    zh: [卡丢了怎么办, 怎么补办新卡]
    en: [my card is lost, how to replace a card]
  details:
    - id: who
      ask: {zh: 谁来办？, en: Who applies?}
      options:
        - {id: myself, label: {zh: 本人, en: Myself}, phrasings: [本人办理, 我自己, by myself]}
        - {id: relative, label: {zh: 家人, en: A relative}, phrasings: [家人代办, 替我妈, for my mother]}
  steps:
    - {text: {zh: 填表。, en: Fill in the form.}}
    - {text: {zh: 出示委托书。, en: Show the authorisation.}, when: {who: relative}}
  materials:
    - {text: {zh: 身份证, en: Identity card}}
    - {text: {zh: 户口簿, en: Household register}, optional: true, when: {who: [relative]}}
  cites:
    - {article: 1, why: {zh: 规定补办。, en: It provides for replacement.}}
  sources: [doc.txt]
  see: [card-use]
- id: card-use
  title: {zh: 卡能干什么, en: What the card is for}
  summary: {zh: 看病结算。, en: Settling medical bills.}
  script: {zh: 可以看病结算。, en: It settles medical bills.}
  phrasings:
    zh: [卡有什么用, 卡能用来做什么]
    en: [what is the card for, use of the card]
  cites:
    - {statute: handling, article: 7, why: {zh: 说明用途。, en: It says what for.}}
  sources: [doc.txt]
""",
    "law_articles.yaml": """\
statutes:
  - id: law
    title: {zh: 中华人民共和国社会保险法, en: Social Insurance Law of the People's Republic of China}
    version: "2018-12-29"
    source: {zh: 公报, en: Gazette}
    chapters: [{zh: 总则, en: General provisions}]
    articles:
      - {number: 1, chapter: 1, zh: 为了测试。, en: For tests.}
  - id: handling
    title: {zh: 社会保险经办条例, en: Regulations on the Handling of Social Insurance}
    version: "2023-12-01"
    source: {zh: 公报, en: Gazette}
    articles:
      - {number: 7, gist: {zh: 凭卡办事。, en: The card is the proof.}}
""",
    "sources.yaml": "- {id: doc.txt, title: {zh: 文件, en: A document}}\n",
    "synonyms.yaml": "groups: [[怎么, 咋]]\nwords: [补办]\n",
}


@pytest.fixture
def small_folder(tmp_path: Path) -> Path:
    """A folder with a small knowledge base without mistakes."""
    folder = tmp_path / "knowledge"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def edit(small_folder: Path) -> Callable[[str, str, str], Path]:
    """Replaces a text in a file of the small knowledge base, as an editor's slip would."""

    def change(name: str, old: str, new: str) -> Path:
        path = small_folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return small_folder

    return change
