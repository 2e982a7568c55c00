"""Names as people write them, each with the verdict it must get."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from domain.codes import Codes
from domain.errors import FilenameRefused
from domain.filenames.parse import parse
from domain.filenames.propose import propose

CORPUS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "corpus.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CORPUS, ids=[f"{case['why']}" for case in CORPUS])
def test_a_name_gets_the_verdict_of_the_corpus(case: dict[str, Any], codes: Codes):
    try:
        parsed = parse(case["name"], codes)
    except FilenameRefused as refusal:
        assert [fault.part for fault in refusal.faults] == case["verdict"], str(refusal)
        assert list(refusal.proposals) == case.get("proposals", list(refusal.proposals))
        assert refusal.proposals == propose(case["name"], codes)
    else:
        assert parsed.name.generation == case["verdict"]
        assert [warning.part for warning in parsed.warnings] == case.get("unknown", [])


def test_the_corpus_is_large_and_names_everything_once():
    names = [case["name"] for case in CORPUS]
    assert len(names) >= 120
    assert len(set(names)) == len(names)
    assert all(case["why"] for case in CORPUS)
