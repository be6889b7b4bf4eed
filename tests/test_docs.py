"""The documents say what is there: every command and setting, and no address of a registry anywhere."""

from __future__ import annotations

import re
import subprocess

import click
import pytest

from bot import wording
from bot.cli import commands
from bot.desk import texts as desk_texts
from bot.doctor import texts as doctor_texts
from bot.language import Text
from bot.settings import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_is_in_the_readme() -> None:
    for name, command in commands.commands.items():
        assert f"`shebao {name}" in README, name
        assert command.help


@pytest.mark.parametrize("name", sorted(commands.commands))
def test_every_option_of_a_command_is_in_the_readme_or_the_interfaces(name: str) -> None:
    documents = README + (ROOT / "docs/interfaces.md").read_text("utf-8")
    for parameter in commands.commands[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in documents, parameter.opts


def test_every_setting_is_in_the_readme_with_its_default() -> None:
    for field in Settings.model_fields.values():
        assert field.alias
        row = re.search(rf"^\| `{field.alias}` \|.*$", README, re.MULTILINE)
        assert row, field.alias
        if isinstance(field.default, int | float):
            assert f"| {field.default:g} |" in row.group(), row.group()


def test_every_telegram_command_is_in_the_readme() -> None:
    for name in {**wording.COMMANDS, **wording.ADMIN_COMMANDS}:
        assert f"`/{name}" in README, name


def test_every_text_of_ours_has_both_languages() -> None:
    for name, value in [*vars(wording).items(), *vars(desk_texts).items(), *vars(doctor_texts).items()]:
        texts = value.values() if isinstance(value, dict) else [value]
        for text in texts:
            if isinstance(text, Text):
                assert text.zh, name
                assert text.en, name
                assert sorted(re.findall(r"{\w+}", text.zh)) == sorted(re.findall(r"{\w+}", text.en)), name


def test_links_between_the_documents_lead_somewhere() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text("utf-8")):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_no_file_names_a_package_registry() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    parts = (("py" + "pi", "org"), ("python" + "hosted", "org"), ("registry.npm" + "js", "org"))
    hosts = re.compile("|".join(rf"{name}\.{end}" for name, end in parts) + "|--(?:extra-)?index" + r"-url[ =]\S")
    for name in listed.stdout.split():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".txt", ".toml", ".yaml", ".yml", ""} and path.is_file():
            assert not hosts.search(path.read_text("utf-8", errors="ignore")), name
