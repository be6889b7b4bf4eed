"""The commands, through the front door: a process, its input, its output, its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.conftest import ROOT, SMALL


def shebao(*arguments: str, stdin: str | bytes = "", **environment: str) -> subprocess.CompletedProcess[str]:
    data = stdin if isinstance(stdin, bytes) else stdin.encode("utf-8", "surrogatepass")
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=data,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


Refuse = Callable[..., str]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """What a command that a process of its own would end with code 2 says; without the half second that one takes to start."""

    def run(*arguments: str, **environment: str) -> str:
        monkeypatch.setattr(sys, "argv", ["shebao", *arguments])
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SystemExit) as end:
            main()
        assert end.value.code == 2, arguments
        out, err = capsys.readouterr()
        assert not out
        return err

    return run


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def jsonl(rows: Sequence[object]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_chat_answers_line_by_line_and_ends_with_the_input() -> None:
    done = shebao("chat", stdin="我爸去世了，医保账户怎么注销？\n没有\n")
    assert done.returncode == 0
    assert "继承人或法定代理人的有效身份证件" in done.stdout
    assert "达到法定退休年龄时累计缴费达到国家规定年限的" in done.stdout
    assert "用人单位应当自用工之日起三十日内为其职工" in done.stdout
    assert "> " not in done.stdout


def test_ask_answers_for_every_case_that_the_question_leaves_open() -> None:
    out = shebao("ask", "我爸去世了，医保账户怎么注销？", "--plain").stdout
    assert out.startswith("医保账户怎么注销\n")
    assert "有未结清费用：" in out


def test_ask_as_script_data_and_in_the_other_language() -> None:
    script = shebao("ask", "停保期间医保卡还能用吗", "--script").stdout
    assert len(script.splitlines()[0]) <= 120
    data = json.loads(shebao("ask", "停保期间医保卡还能用吗", "--json", "--lang", "en").stdout)
    assert data["entry_id"] == "medical-insurance-stop-effects"
    assert data["citations"][0]["article"] == 23
    assert data["citations"][0]["word_for_word"] is True
    assert data["summary"].isascii()


def test_ask_what_is_not_known_says_so() -> None:
    done = shebao("ask", "车险怎么理赔")
    assert done.returncode == 0
    assert "12333" in done.stdout
    assert json.loads(shebao("ask", "车险怎么理赔", "--json").stdout)["state"] == "none"


@pytest.mark.parametrize("article", ["27", "第二十七条", "二十七", "社保法第27条"])
def test_law_shows_an_article(article: str) -> None:
    out = shebao("law", article).stdout
    assert out.startswith("《社会保险法》第二十七条 · 第三章 基本医疗保险\n参加职工基本医疗保险的个人，")


def test_a_start_that_finds_all_kept_imports_nothing_that_it_does_without() -> None:
    shebao("ask", "停保要什么材料")
    script = (
        "import sys; from bot import cli; sys.argv[1:] = ['ask', '停保要什么材料']; cli.main(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    imported = set(done.stdout.splitlines()[-1].split())
    assert "bot.matching" in imported
    assert not imported & {
        "asyncio",
        "ssl",
        "yaml",
        "sqlalchemy",
        "telegram",
        "difflib",
        "numpy.ma",
        "pydantic_settings",
    }


def test_law_that_does_not_exist_says_what_there_is() -> None:
    done = shebao("law", "99")
    assert (done.returncode, "一共98条，没有第九十九条" in done.stderr) == (2, True)
    assert shebao("law", "abc").returncode == 2
    assert "内容概要" in shebao("law", "经办条例第20条").stdout


def test_topics_check_and_schema(tmp_path: Path) -> None:
    assert len(shebao("topics").stdout.splitlines()) >= 15
    assert "1. medical-account-cancel" in shebao("book", "--lang", "en").stdout
    done = shebao("schema", "--to", str(tmp_path / "new"))
    assert done.returncode == 0
    assert (tmp_path / "new/faq.json").exists()


def test_match_gives_decision_candidates_details_and_aspect() -> None:
    rows = [
        {"text": "我爸去世了，注销医保账户要什么材料"},
        {"text": "车险怎么理赔"},
        {"text": ""},
        {"nope": 1},
        {"text": 5},
        [1],
    ]
    out = lines(
        shebao("match", "--jsonl", stdin=jsonl(rows) + "not json\n" + jsonl([{"text": "停保有什么影响"}])).stdout
    )
    assert len(out) == 8
    first = out[0]
    assert set(first) == {"text", "decision", "candidates", "details", "aspect"}
    assert first["decision"] == "answer"
    assert first["candidates"][0]["entry_id"] == "medical-account-cancel"
    assert first["details"] == {"insured": "deceased"}
    assert first["aspect"] == "materials"
    assert out[1]["decision"] == out[2]["decision"] == "none"
    assert all(set(row) == {"error"} for row in out[3:7])
    assert out[7]["aspect"] == "effects"


def test_match_streams() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "match", "--jsonl"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdin
    assert process.stdout
    for text in ("停保", "医保卡丢了"):
        process.stdin.write(json.dumps({"text": text}) + "\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["text"] == text
    process.stdin.close()
    assert process.wait(10) == 0
    process.stdout.close()


def test_chat_interleaves_sessions_and_survives_malformed_lines() -> None:
    rows: list[object] = [
        {"session": "a", "text": "医保账户怎么注销"},
        {"session": 7, "text": "how do I cancel my medical insurance account"},
        {"session": "a", "choice": "deceased"},
        {"text": "no session"},
        {"session": 7, "text": "she passed away"},
        {"session": "a", "text": "没有"},
        {"session": 7, "choice": "unknown"},
        {"session": "a", "choice": 5},
        {"session": "b", "choice": "medical-insurance-resume"},
        {"session": "b", "text": "第27条"},
        {"session": "b", "text": "\ud800"},
    ]
    out = lines(shebao("chat", "--jsonl", stdin="{\n" + "".join(json.dumps(row) + "\n" for row in rows)).stdout)
    assert "error" in out[0]
    a1, en1, a2, bad, en2, a3, en3, bad2, b1, b2, b3 = out[1:]
    assert a1["state"] == "asking"
    assert a1["entry_id"] == "medical-account-cancel"
    assert [choice["id"] for choice in a1["replies"][0]["choices"]] == ["stopped-paying", "deceased", "unknown"]
    assert en1["replies"][0]["text"].isascii()
    assert a2["details"] == {"insured": "deceased"}
    assert "error" in bad
    assert "error" in bad2
    assert en2["details"] == {"insured": "deceased"}
    assert (a3["state"], a3["articles"], a3["details"]) == (
        "answered",
        [27, 58],
        {"insured": "deceased", "outstanding-expenses": "no"},
    )
    assert en3["details"]["outstanding-expenses"] == "unknown"
    assert b1["state"] == "answered"
    assert (b2["state"], b2["articles"], b2["entry_id"]) == ("answered", [27], None)
    assert b3["state"] == "none"


def test_an_unknown_command_or_option_is_one_sentence(refused: Refuse) -> None:
    for arguments in (["nonsense"], ["ask"], ["match"], ["law"], ["ask", "x", "--lang", "fr"]):
        assert refused(*arguments)
    done = shebao("nonsense")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, refused("nonsense").splitlines()[-1])


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TELEGRAM_BOT_TOKEN", "hello", "TELEGRAM_BOT_TOKEN is no bot token"),
        ("TELEGRAM_API_BASE_URL", "ftp://x", "TELEGRAM_API_BASE_URL is no http(s) address"),
        ("SHEBAO_ANSWER_AT", "7", "SHEBAO_ANSWER_AT cannot be used"),
        ("SHEBAO_ANSWER_AT", "0.01", "SHEBAO_CLARIFY_AT must not be above"),
        ("SHEBAO_SEND_PER_SECOND", "-1", "SHEBAO_SEND_PER_SECOND cannot be used"),
        ("SHEBAO_ASK_PER_MINUTE", "many", "SHEBAO_ASK_PER_MINUTE cannot be used"),
    ],
)
def test_a_wrong_setting_is_named_and_ends_with_code_2(variable: str, value: str, said: str, refused: Refuse) -> None:
    error = refused("run", **{variable: value})
    assert said in error
    assert len(error.strip().splitlines()) == 1
    if variable == "TELEGRAM_BOT_TOKEN":
        assert value not in error.replace("TELEGRAM_BOT_TOKEN", "")
        done = shebao("run", **{variable: value})
        assert (done.returncode, done.stderr) == (2, error)


def test_check_ends_with_an_error_where_the_review_finds_one(tmp_path: Path) -> None:
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = shebao("check", SHEBAO_KNOWLEDGE_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "error: faq.yaml:6: `card-lost` has 2 phrasings in zh: at least 15 are needed" in done.stdout
    assert "errors must be mended first" in done.stderr


def test_a_broken_knowledge_file_is_named_with_its_line(tmp_path: Path) -> None:
    for name, text in SMALL.items():
        (tmp_path / name).write_text(text.replace("see: [card-use]", "see: [nowhere]"), encoding="utf-8")
    done = shebao("ask", "卡丢了", SHEBAO_KNOWLEDGE_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "faq.yaml:23: the entry `nowhere` does not exist" in done.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SHEBAO_DATA_DIR", "/proc/nowhere", "The data folder /proc/nowhere cannot be written"),
        ("SHEBAO_DATABASE_URL", "nonsense", "is no database address"),
        ("SHEBAO_DATABASE_URL", "oracle://x/y", "not supported here"),
    ],
)
def test_a_database_that_cannot_be_opened_is_said(variable: str, value: str, said: str) -> None:
    done = shebao("run", TELEGRAM_BOT_TOKEN="1:A", TELEGRAM_API_BASE_URL="http://127.0.0.1:9", **{variable: value})
    assert done.returncode == 1
    assert said in done.stderr


def test_a_file_that_is_no_database_is_said_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "shebao.db"
    path.write_bytes(b"precious" * 1000)
    done = shebao("run", TELEGRAM_BOT_TOKEN="1:A", SHEBAO_DATABASE_URL=f"sqlite+aiosqlite:///{path}")
    assert done.returncode == 1
    assert "is no SQLite database" in done.stderr
    assert path.read_bytes() == b"precious" * 1000


def test_an_unwritable_cache_costs_time_only() -> None:
    assert shebao("ask", "停保期间医保卡还能用吗", SHEBAO_DATA_DIR="/proc/nowhere").returncode == 0


def test_bytes_that_are_no_text_do_not_end_the_chat() -> None:
    done = shebao("chat", stdin=b"\xff\xfe\xfa\n\x00\n" + "停保期间医保卡还能用吗\n".encode())
    assert done.returncode == 0
    assert "第二十三条" in done.stdout


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text('{"text": "停保"}\n' * 2000, encoding="utf-8")
    script = f"{sys.executable} -m bot match --jsonl < {source} | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert "停保" in done.stdout
    assert "Error" not in done.stderr


def test_ten_thousand_lines_take_seconds() -> None:
    texts = ["我爸去世了，医保账户怎么注销？", "车险怎么理赔", "how do I stop my medical insurance", "医保卡丢了咋办"]
    # What a question takes is measured in benchmarks/: here most lines are nothing, and count all the same.
    rows = jsonl([{"text": texts[i // 10 % 4] + str(i) if i % 10 == 0 else f"x{i}"} for i in range(10_000)])
    start = time.monotonic()
    out = shebao("match", "--jsonl", stdin=rows).stdout
    assert len(out.splitlines()) == 10_000
    assert time.monotonic() - start < 60  # a bound against hanging, not a benchmark: that is in benchmarks/
