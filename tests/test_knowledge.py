"""The project's own knowledge: complete, bilingual, and as the catalogue names it."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from bot.answers import compose, plain, telegram
from bot.dialogue import Assistant
from bot.knowledge import UNKNOWN, Knowledge, schemas
from bot.language import LANGUAGES, Language
from tests.conftest import ROOT, Talk

FIFTEEN = {
    "medical-account-cancel": {27, 58},
    "medical-insurance-stop": {23},
    "medical-insurance-stop-effects": {23},
    "medical-insurance-resume": {23},
    "medical-insurance-replace": {23, 27},
    "medical-expenses-during-gap": {23},
    "rural-card-cancel": {24, 26, 27},
    "resident-personal-account-abolished": {24, 25, 26},
    "social-security-card-functions": {4},
    "shenzhen-medical-transfer": {32},
    "shenzhen-account-withdraw": {32},
    "personal-account-rules": {27, 28},
    "personal-account-inherit": {14},
    "what-is-medical-insurance": {2, 23},
    "contact-hotline": {4},
}
DETAILS = {
    "medical-account-cancel": {"insured": ["stopped-paying", "deceased"], "outstanding-expenses": ["yes", "no"]},
    "medical-insurance-stop": {
        "applicant": ["individual", "employer"],
        "reason": ["resigned", "changed-job", "going-abroad", "retired", "other"],
    },
    "medical-insurance-replace": {
        "situation": ["card-lost-or-damaged", "coverage-lapsed"],
        "expenses-during-gap": ["yes", "no"],
    },
    "rural-card-cancel": {"channel": ["in-person", "phone"]},
    "shenzhen-medical-transfer": {"receiving-agency": ["accepts-balance", "refuses-or-no-account"]},
    "shenzhen-account-withdraw": {
        "circumstance": [
            "retired-living-elsewhere-or-abroad",
            "insured-died",
            "leaving-the-country-before-retirement",
            "transfer-balance-refused",
        ]
    },
}


@pytest.mark.parametrize("entry_id", FIFTEEN)
def test_entry_of_the_source_documents_is_complete(knowledge: Knowledge, entry_id: str) -> None:
    entry = knowledge.entries[entry_id]
    assert {cite.article for cite in entry.cites if cite.statute == "law"} >= FIFTEEN[entry_id]
    assert {d.id: [o.id for o in d.options] for d in entry.details or ()} == DETAILS.get(entry_id, {})
    assert any(source.endswith(".txt") for source in entry.sources)
    assert len(entry.phrasings.zh) >= 15
    assert len(entry.phrasings.en) >= 8
    assert len(entry.script.zh) <= 120
    assert entry.warnings


def test_every_entry_of_the_catalogue_is_there_with_its_articles(knowledge: Knowledge) -> None:
    catalogue: dict[str, dict[str, list[int]]] = json.loads((ROOT / "tests/data/catalogue.json").read_text("utf-8"))
    assert list(knowledge.entries) == list(catalogue)
    for entry_id, expected in catalogue.items():
        cites = knowledge.entries[entry_id].cites
        for statute, articles in expected.items():
            assert {cite.article for cite in cites if cite.statute == statute} >= set(articles), (entry_id, statute)


def test_seven_years_of_contributions_answer_eighteen_months_at_once(assistant: Assistant) -> None:
    talk = Talk(assistant).say("交了七年能领几个月失业金")
    assert (talk.state, talk.details) == ("answered", {"years-paid": "five-to-ten"})
    assert 46 in talk.articles
    answer = talk.replies[0].answer
    assert answer
    how_long = answer.section("how long")
    assert how_long
    lines = [line.of("zh") for line in how_long.lines]
    assert "18个月" in lines[0]
    assert not any("12个月" in line for line in lines)


def test_a_move_from_shenzhen_is_answered_by_the_shenzhen_entry(assistant: Assistant) -> None:
    assert Talk(assistant).press("medical-transfer").press("shenzhen").entry == "shenzhen-medical-transfer"


@pytest.mark.parametrize("insured", ["stopped-paying", "deceased", UNKNOWN])
def test_cancelling_an_account_always_shows_articles_27_and_58(knowledge: Knowledge, insured: str) -> None:
    answer = compose(knowledge, knowledge.entries["medical-account-cancel"], {"insured": insured})
    assert answer.articles == (27, 58)


@pytest.mark.parametrize("name", ["faq", "law_articles", "sources", "synonyms"])
def test_schema_is_current_named_in_the_first_line_and_holds(name: str) -> None:
    path = ROOT / f"knowledge/{name}.yaml"
    schema = json.loads((ROOT / f"knowledge/schema/{name}.json").read_text("utf-8"))
    assert schema == json.loads(json.dumps(schemas()[name])), "run: shebao schema"
    assert path.read_text("utf-8").splitlines()[0] == f"# yaml-language-server: $schema=schema/{name}.json"
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_renders_in_every_case_with_sources_and_hotlines_at_its_end(
    knowledge: Knowledge, language: Language
) -> None:
    for entry in knowledge.entries.values():
        for detail in entry.details or ():
            for option in (UNKNOWN, *(option.id for option in detail.options)):
                answer = compose(knowledge, entry, {detail.id: option})
                for text in (plain.render(answer, language), plain.render_script(answer, language)):
                    assert "12333" in text.splitlines()[-1]
                    assert "12393" in text.splitlines()[-1]
                assert all(len(message) for message in telegram.render(answer, language))
