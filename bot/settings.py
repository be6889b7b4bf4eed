"""The settings: environment variables, each with its meaning, in one place."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator

from bot.address import Address, address_of
from bot.errors import SettingsError
from bot.matching import ANSWER_AT, CLARIFY_AT

ROOT = Path(__file__).resolve().parent.parent

Rate = Annotated[float, Field(ge=0, le=100_000)]
Probability = Annotated[float, Field(ge=0, le=1)]

TELEGRAM = "https://api.telegram.org"
SECRETS = Path("/run/secrets")
DESK = "127.0.0.1:8080"
OFF = "off"
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Settings(BaseModel):
    """All settings; the field's alias is the variable's name, its description the README's text."""

    model_config = ConfigDict(frozen=True)

    token: SecretStr | None = Field(
        None,
        alias="TELEGRAM_BOT_TOKEN",
        description="The bot's token, from @BotFather. Not set: there is the desk, and `shebao chat`.",
    )
    api_base_url: str = Field(
        TELEGRAM,
        alias="TELEGRAM_API_BASE_URL",
        description="Where the Bot API is served, for a self-hosted server.",
    )
    data_dir: Path = Field(Path("data"), alias="SHEBAO_DATA_DIR", description="Folder for the database and for caches.")
    database_url: str | None = Field(
        None,
        alias="SHEBAO_DATABASE_URL",
        description="Address of the database: SQLite, or `postgresql://USER:PASSWORD@HOST/NAME` for many replicas. "
        "Not set: a SQLite file, `shebao.db`, in the data folder.",
    )
    knowledge_dir: Path = Field(
        ROOT / "knowledge",
        alias="SHEBAO_KNOWLEDGE_DIR",
        description="Folder of the knowledge files. Not set: the project's own.",
    )
    answer_at: Probability = Field(
        ANSWER_AT,
        alias="SHEBAO_ANSWER_AT",
        description="From this confidence (0 to 1) on, a question is answered at once.",
    )
    clarify_at: Probability = Field(
        CLARIFY_AT,
        alias="SHEBAO_CLARIFY_AT",
        description="From this confidence on, the bot asks which of two or three entries is meant.",
    )
    send_per_second: Rate = Field(
        30, alias="SHEBAO_SEND_PER_SECOND", description="Messages a second to all chats together; 0: no limit."
    )
    send_per_chat_per_second: Rate = Field(
        1, alias="SHEBAO_SEND_PER_CHAT_PER_SECOND", description="Messages a second to one chat; 0: no limit."
    )
    send_per_group_per_minute: Rate = Field(
        20, alias="SHEBAO_SEND_PER_GROUP_PER_MINUTE", description="Messages a minute to one group; 0: no limit."
    )
    ask_per_minute: Rate = Field(
        20, alias="SHEBAO_ASK_PER_MINUTE", description="Questions a minute that one user may ask; 0: no limit."
    )
    ask_per_group_per_minute: Rate = Field(
        20,
        alias="SHEBAO_ASK_PER_GROUP_PER_MINUTE",
        description="Questions a minute that the members of one group may ask together; 0: no limit.",
    )
    admins: frozenset[int] = Field(
        frozenset(),
        alias="SHEBAO_ADMINS",
        description="Telegram numbers of the users who may send `/stats`, `/unanswered` and `/reload`, with commas between"
        " them. Not set: nobody.",
    )
    webhook_url: str | None = Field(
        None,
        alias="SHEBAO_WEBHOOK_URL",
        description="Public https address to which Telegram sends updates. Not set: the bot fetches them itself.",
    )
    webhook_listen: str = Field(
        "127.0.0.1:8080",
        alias="SHEBAO_WEBHOOK_LISTEN",
        description="Host and port on which they are taken, behind a reverse proxy with TLS.",
    )
    webhook_secret: SecretStr | None = Field(
        None,
        alias="SHEBAO_WEBHOOK_SECRET",
        description="1 to 256 letters, digits, _ and -, by which Telegram shows that it is Telegram. Needed with a webhook.",
    )
    http_listen: str | None = Field(
        None,
        alias="SHEBAO_HTTP_LISTEN",
        description=(
            "Host and port for `/healthz`, `/readyz` and `/metrics`. Not set: none; with a webhook, the first two stand"
            " beside it."
        ),
    )
    desk_listen: str | None = Field(
        None,
        alias="SHEBAO_DESK_LISTEN",
        description="Host and port of the desk; `off`: none. Not set: `127.0.0.1:8080`; beside a webhook none.",
    )
    desk_password: SecretStr | None = Field(
        None,
        alias="SHEBAO_DESK_PASSWORD",
        description="One password for all who sit at the desk, 10 characters or more. It, or the accounts, are needed where"
        " other machines can reach the desk.",
    )
    desk_accounts: Path | None = Field(
        None,
        alias="SHEBAO_DESK_ACCOUNTS",
        description="File with an account for each, written by `shebao account NAME`, instead of the one password.",
    )
    desk_api_token: SecretStr | None = Field(
        None,
        alias="SHEBAO_DESK_API_TOKEN",
        description="What the hotline's own systems show (`Authorization: Bearer …`) to use `/api/v1`, 20 letters, digits, _"
        " and - or more. Not set: where there is a login, only whoever has logged in.",
    )
    font: Path | None = Field(
        None,
        alias="SHEBAO_FONT",
        description="Font file with Chinese characters, for pictures of papers. Not set: one of Debian's, if there is one.",
    )
    log_format: Literal["text", "json"] = Field(
        "text", alias="SHEBAO_LOG_FORMAT", description="`text` or `json`: one line an event on standard error."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        alias="SHEBAO_LOG_LEVEL",
        description="`DEBUG` follows each update by its request id; also `WARNING`, `ERROR`.",
    )
    secrets_dir: Path = Field(
        SECRETS,
        alias="SHEBAO_SECRETS_DIR",
        description="Folder whose files hold settings, each named like its variable. The environment goes first.",
    )

    @field_validator("admins", mode="before")
    @classmethod
    def _are_user_numbers(cls, listed: object) -> object:
        if not isinstance(listed, str):
            return listed
        said = [part.strip() for part in listed.split(",") if part.strip()]
        for part in said:
            if not (part.isascii() and part.isdecimal() and len(part) <= 16 and int(part)):
                raise ValueError(
                    f"holds {part!r}, which is no Telegram user number (a @name is none): write it like 12345678,23456789"
                )
        return frozenset(map(int, said))

    @field_validator("webhook_secret")
    @classmethod
    def _is_a_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is None:
            return None
        text = secret.get_secret_value().strip()
        if not _SECRET.fullmatch(text):
            raise ValueError(
                "may only hold 1 to 256 letters, digits, _ and -: make one with `openssl rand -hex 32`",
            )
        return SecretStr(text)

    @field_validator("webhook_listen", "http_listen")
    @classmethod
    def _is_host_and_port(cls, listen: str | None) -> str | None:
        return str(address_of(listen)) if listen else None

    @field_validator("desk_listen")
    @classmethod
    def _is_host_and_port_or_off(cls, listen: str | None) -> str | None:
        return listen if listen in {None, OFF} else str(address_of(listen or ""))

    @field_validator("desk_password")
    @classmethod
    def _is_long_enough(cls, password: SecretStr | None) -> SecretStr | None:
        if password is not None and len(password.get_secret_value().strip()) < 10:
            raise ValueError("is too short: take 10 characters or more")
        return SecretStr(password.get_secret_value().strip()) if password else None

    @field_validator("desk_api_token")
    @classmethod
    def _is_an_api_token(cls, token: SecretStr | None) -> SecretStr | None:
        text = token.get_secret_value().strip() if token else None
        if text is not None and not (_SECRET.fullmatch(text) and len(text) >= 20):
            raise ValueError("must hold 20 to 256 letters, digits, _ and -: make one with `openssl rand -hex 32`")
        return SecretStr(text) if text else None

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is None:
            return None
        number, colon, secret = token.get_secret_value().strip().partition(":")
        if not (
            number.isdecimal()
            and colon
            and secret
            and secret.replace("-", "").replace("_", "").isalnum()
            and secret.isascii()
        ):
            raise ValueError("is no bot token (a number, a colon, letters): copy it from @BotFather again")
        return SecretStr(f"{number}:{secret}")

    @field_validator("api_base_url")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        if not address.startswith(("http://", "https://")):
            raise ValueError("is no http(s) address: write it like http://127.0.0.1:8081")
        return address.rstrip("/")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.clarify_at > self.answer_at:
            raise ValueError("SHEBAO_CLARIFY_AT must not be above SHEBAO_ANSWER_AT: lower one or raise the other")
        return self

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.webhook_url is None:
            return self
        parts = urlsplit(self.webhook_url)
        # A self-hosted Bot API server takes addresses without TLS; Telegram's own never does.
        schemes = {"https"} if self.api_base_url == TELEGRAM else {"https", "http"}
        if parts.scheme not in schemes or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("SHEBAO_WEBHOOK_URL is no https address: write it like https://bot.example.org/telegram")
        if self.webhook_path in {"/healthz", "/readyz", "/metrics"}:
            raise ValueError(
                f"SHEBAO_WEBHOOK_URL must not end in {self.webhook_path}, which is taken: use another path"
            )
        if self.webhook_secret is None:
            raise ValueError(
                "SHEBAO_WEBHOOK_SECRET is missing: with SHEBAO_WEBHOOK_URL it must be set, for example to the output of"
                " `openssl rand -hex 32`"
            )
        if self.http_listen == self.webhook_listen:
            raise ValueError(
                "SHEBAO_HTTP_LISTEN must not be SHEBAO_WEBHOOK_LISTEN: metrics are not for the public; use another port"
            )
        return self

    @model_validator(mode="after")
    def _desk_is_guarded(self) -> Self:
        if self.desk_password and self.desk_accounts:
            raise ValueError("SHEBAO_DESK_PASSWORD and SHEBAO_DESK_ACCOUNTS are both set: unset one of them")
        at = self.desk_address
        if at and not at.is_loopback and not self.desk_password and not self.desk_accounts:
            raise ValueError(
                f"SHEBAO_DESK_LISTEN is {at}, which other machines can reach: set SHEBAO_DESK_PASSWORD or"
                " SHEBAO_DESK_ACCOUNTS, or listen on 127.0.0.1"
            )
        taken = {"SHEBAO_HTTP_LISTEN": self.http_listen}
        if self.webhook_url:
            taken["SHEBAO_WEBHOOK_LISTEN"] = self.webhook_listen
        for name, listen in taken.items():
            if at and at.port and listen == str(at):
                raise ValueError(f"SHEBAO_DESK_LISTEN must not be {name}: use another port for one of them")
        return self

    @property
    def desk_address(self) -> Address | None:
        """Where `shebao run` serves the desk; None: nowhere. Beside a webhook, only where that is set."""
        if self.desk_listen == OFF or (self.desk_listen is None and self.webhook_url):
            return None
        return address_of(self.desk_listen or DESK)

    @property
    def webhook_path(self) -> str:
        """The path of the public address, on which updates are taken."""
        return (urlsplit(self.webhook_url).path if self.webhook_url else "") or "/"

    @property
    def database(self) -> str:
        """The address of the database to use."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir / 'shebao.db'}"

    @property
    def cache_dir(self) -> Path:
        """Folder for what can be built again."""
        return self.data_dir / "cache"


def read() -> Settings:
    """The settings from the environment.

    Raises:
        SettingsError: naming each variable that is wrong and what to do; a secret's value is not repeated.
    """
    # pydantic-settings does the same, and takes 60 ms more of each start to import.
    named = os.environ.get("SHEBAO_SECRETS_DIR")
    folder = Path(named or SECRETS)
    readable = folder.is_dir() and os.access(folder, os.X_OK)
    if named and not readable:
        raise SettingsError(f"SHEBAO_SECRETS_DIR: {folder} is no folder that can be read; correct or unset it")
    found = {}
    for field in Settings.model_fields.values():
        name = str(field.alias)
        if value := os.environ.get(name) or (_secret(folder / name) if readable else ""):
            found[name] = value
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        said = []
        for flaw in error.errors(include_url=False, include_input=False):
            name = str(flaw["loc"][0]) if flaw["loc"] else ""
            message = (
                str(flaw.get("ctx", {}).get("error", ""))
                or f"cannot be used: {flaw['msg'].lower()}; correct or unset it"
            )
            said.append(f"{name} {message}".strip())
        raise SettingsError("\n".join(said)) from None


def _secret(file: Path) -> str:
    """What a secret's file holds, "" where there is none."""
    try:
        return file.read_text("utf-8").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise SettingsError(f"{file} cannot be read ({reason}): mend it or take it away") from None
