"""The settings: environment variables, each with its meaning, in one place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from bot.matching import ANSWER_AT, CLARIFY_AT

ROOT = Path(__file__).resolve().parent.parent

Rate = Annotated[float, Field(ge=0, le=100_000)]
Probability = Annotated[float, Field(ge=0, le=1)]


class Settings(BaseSettings):
    """All settings; the field's alias is the variable's name, its description the README's text."""

    model_config = SettingsConfigDict(env_ignore_empty=True, case_sensitive=True, extra="ignore", frozen=True)

    token: SecretStr | None = Field(
        None,
        alias="TELEGRAM_BOT_TOKEN",
        description="The bot's token, from @BotFather. Not set: the conversation is here in the terminal.",
    )
    api_base_url: str = Field(
        "https://api.telegram.org",
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
    try:
        return Settings()
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
