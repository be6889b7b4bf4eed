"""The commands."""

from __future__ import annotations

import json
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from bot import wording
from bot.address import address_of
from bot.channels import terminal
from bot.dialogue import Assistant, Speaker, article_requests
from bot.errors import KnowledgeCheckError, ShebaoError, UsageError
from bot.knowledge import load_kept
from bot.language import LANGUAGES, WRITTEN, Language, Text
from bot.matching import Matcher
from bot.settings import Settings, read

LANGUAGE = click.Choice(LANGUAGES)
"""Of answers; what is for whoever runs the bot, is `WRITTEN` only."""


def _assistant(settings: Settings) -> Assistant:
    knowledge = load_kept(settings.knowledge_dir, settings.cache_dir)
    matcher = Matcher.from_knowledge(knowledge, settings.cache_dir)
    return Assistant(knowledge, matcher, settings.answer_at, settings.clarify_at)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def commands() -> None:
    """Answers questions about China's social insurance: steps, papers and the law. 社保、医保问答。"""


@commands.command()
def run() -> None:
    """Start the desk, and in Telegram the bot if TELEGRAM_BOT_TOKEN is set."""
    settings = read()
    if settings.token is None:
        _tell(wording.CONNECT_TELEGRAM)
        _desk(settings)
        return
    assistant = _assistant(settings)
    # Imported here: the terminal needs neither the database nor Telegram, and they take a second to import.
    import asyncio

    from bot import desk as desks
    from bot import log
    from bot.channels.telegram import app
    from bot.serving import Serving

    log.set_up(settings.log_format, settings.log_level)
    serving = Serving(assistant)
    asyncio.run(app.run(settings, serving, lambda store: desks.serve(settings, serving, store, _tell_address)))


@commands.command()
def desk() -> None:
    """Serve the desk: the page on which a hotline agent answers a caller."""
    _desk(read())


@commands.command()
@click.argument("name")
def account(name: str) -> None:
    """Let NAME log in to the desk, or change the password, which is asked for: writes the file of SHEBAO_DESK_ACCOUNTS."""
    from bot.desk import write_account

    file = read().desk_accounts
    if file is None:
        raise UsageError("SHEBAO_DESK_ACCOUNTS is not set: set it to the file that shall hold the accounts")
    typing = sys.stdin.isatty()
    asked = click.prompt("Password", hide_input=True, confirmation_prompt=True) if typing else sys.stdin.readline()
    write_account(file, name, asked.rstrip("\r\n"))
    click.echo(f"{name} may log in ({file}).")


@commands.command()
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="The latest so many.")
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON lines; see docs/interfaces.md.")
@click.option("--lang", type=click.Choice(WRITTEN), default="zh", show_default=True)
def feedback(limit: int, as_jsonl: bool, lang: Language) -> None:
    """List what people said of the answers, the newest first: thumbs from Telegram, reports from the desk."""
    import asyncio

    from bot import feedback as listing
    from bot import storage

    found = asyncio.run(storage.latest_judgements(read().database, limit))
    _stream(listing.as_json_lines(found) if as_jsonl else listing.as_lines(found, lang))


@commands.command()
def migrate() -> None:
    """Bring the database's tables up to date: before the first start with PostgreSQL, and after an update."""
    import asyncio

    from bot import storage

    version = asyncio.run(storage.migrate(read().database))
    click.echo(f"The database is up to date (version {version}).")


@commands.command()
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON lines in, JSON lines out; see docs/interfaces.md.")
def chat(as_jsonl: bool) -> None:
    """Talk in the terminal."""
    assistant = _assistant(read())
    if as_jsonl:
        from bot.channels import jsonl

        _stream(jsonl.chat_lines(assistant, sys.stdin))
    else:
        terminal.chat(assistant)


@commands.command()
@click.argument("text", required=False)
@click.option("--jsonl", "as_jsonl", is_flag=True, help="JSON lines in, JSON lines out; see docs/interfaces.md.")
def match(text: str | None, as_jsonl: bool) -> None:
    """Show which entries a text may ask for."""
    from bot.channels import jsonl

    if not as_jsonl and text is None:
        raise UsageError('Say what to match: shebao match "停保要什么材料", or give lines with --jsonl')
    lines = sys.stdin if as_jsonl else [json.dumps({"text": text})]
    _stream(jsonl.match_lines(_assistant(read()), lines))


@commands.command()
@click.argument("question")
@click.option("--plain", "form", flag_value="plain", help="Only the answer, as plain text to copy.")
@click.option("--script", "form", flag_value="script", help="Only the short script to read out.")
@click.option("--json", "form", flag_value="json", help="The answer as data.")
@click.option("--explain", is_flag=True, help="Not the answer, but why it is chosen: for editors.")
@click.option("--lang", type=LANGUAGE, help="Answer in this language. Left out: in the question's.")
def ask(question: str, form: str | None, explain: bool, lang: Language | None) -> None:
    """Answer one QUESTION; what it leaves open is answered for every case."""
    from bot import oneshot

    if explain:
        settings = read()
        matcher = Matcher.from_knowledge(load_kept(settings.knowledge_dir, settings.cache_dir), settings.cache_dir)
        click.echo(oneshot.explain(matcher, question, settings.answer_at, settings.clarify_at))
        return
    click.echo(oneshot.ask(_assistant(read()), question, form, lang))


@commands.command()
@click.argument("article", nargs=-1, required=True)
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
def law(article: tuple[str, ...], lang: Language) -> None:
    """Show an ARTICLE of the Social Insurance Law: 27, 第二十七条; of the handling regulations: 经办条例第20条."""
    said = " ".join(article)
    requests = article_requests(said, bare=True)
    if not requests:
        raise UsageError(f"“{said}” names no article: write a number, like shebao law 27")
    settings = read()
    speaker = Speaker(load_kept(settings.knowledge_dir, settings.cache_dir))
    replies = [speaker.article(request, lang) for request in requests]
    missing = [reply.text for reply in replies if reply.quote is None]
    if missing:
        raise UsageError("\n".join(missing))
    click.echo(terminal.show(replies, lang))


@commands.command()
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
def topics(lang: Language) -> None:
    """List the questions that can be answered, by id."""
    settings = read()
    entries = load_kept(settings.knowledge_dir, settings.cache_dir).entries.values()
    width = max(len(entry.id) for entry in entries)
    for topic, name in wording.TOPIC.items():
        mine = [entry for entry in entries if entry.topic == topic]
        if mine:
            click.echo(f"\n{name.of(lang)}")
            click.echo("\n".join(f"  {entry.id:<{width}}  {entry.title.of(lang)}" for entry in mine))


@commands.command()
@click.option("--errors-only", is_flag=True, help="Count warnings, but do not list them.")
def check(errors_only: bool) -> None:
    """Test the knowledge files as their readers would; every problem with file and line."""
    from bot import review
    from bot.knowledge import load

    settings = read()
    results = review.review(settings.knowledge_dir, datetime.now(UTC).date(), settings.answer_at, settings.cache_dir)
    click.echo(review.render(results, warnings=not errors_only))
    click.echo(review.inventory(load(settings.knowledge_dir)))
    errors = sum(result.count("error") for result in results)
    if errors:
        raise KnowledgeCheckError(
            f"{errors} errors must be mended first" if errors > 1 else "One error must be mended first"
        )


@commands.command()
@click.option("--lang", type=LANGUAGE, default="zh", show_default=True)
def book(lang: Language) -> None:
    """Print every answer as it is rendered, in one document to read."""
    from bot import review
    from bot.knowledge import load

    click.echo(review.book(load(read().knowledge_dir), lang))


@commands.command()
@click.option(
    "--to", "folder", type=click.Path(path_type=Path, file_okay=False), help="Left out: schema/ beside the files."
)
def schema(folder: Path | None) -> None:
    """Write the JSON Schemas that editors check the knowledge files with."""
    from bot.knowledge import schemas

    target = folder or read().knowledge_dir / "schema"
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, content in schemas().items():
            path = target / f"{name}.json"
            path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            click.echo(str(path))
    except OSError as error:
        raise UsageError(f"{target} cannot be written ({error.strerror}): name another folder with --to") from None


@commands.command()
@click.option("--quick", is_flag=True, help="Only what a health check needs: without Telegram, in two seconds.")
@click.option("--lang", type=click.Choice(WRITTEN), default="en", show_default=True)
def doctor(quick: bool, lang: Language) -> None:
    """Find out what is wrong with this installation, and what to do about it."""
    import asyncio

    from bot import doctor as doctors

    findings = asyncio.run(doctors.examine_quickly() if quick else doctors.examine())
    click.echo(doctors.render(findings, lang))
    if any(finding.grade == "wrong" for finding in findings):
        sys.exit(1)


def _desk(settings: Settings) -> None:
    import asyncio

    from bot import desk as desks
    from bot import log
    from bot.serving import Serving

    if settings.desk_address is None:
        raise UsageError("SHEBAO_DESK_LISTEN: no desk is to be served: set it to 127.0.0.1:8080, or unset it")
    log.set_up(settings.log_format, settings.log_level)
    asyncio.run(desks.run(settings, Serving(_assistant(settings)), _tell_address))


def _tell_address(url: str) -> None:
    near = address_of(url.removeprefix("http://")).is_loopback
    text = wording.DESK_AT if near else wording.DESK_BEHIND
    for line in (text.zh, text.en):
        click.echo(line.format(url=url), err=True)


def _tell(text: Text) -> None:
    click.echo(text.zh + "\n" + text.en + "\n", err=True)


def _stream(lines: Any) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def main() -> None:
    """Run a command; errors become one sentence each and an exit code."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        _speak_utf8(stream)
    try:
        commands.main(standalone_mode=False)
    except ShebaoError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        from bot.log import safe

        if os.environ.get("SHEBAO_DEBUG"):
            click.echo(safe(traceback.format_exc()), err=True)
        click.echo(
            f"Something went wrong that should not ({type(error).__name__}: {safe(str(error))}). Set SHEBAO_DEBUG=1 to see where.",
            err=True,
        )
        sys.exit(1)


def _speak_utf8(stream: TextIO) -> None:
    # A shell without a locale must not make Chinese unreadable; bytes that are no UTF-8 must not end the program.
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="replace" if stream is sys.stdin else "backslashreplace")
