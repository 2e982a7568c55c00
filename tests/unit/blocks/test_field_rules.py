"""Every fault of `fields.yaml` is told with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from blocks.field_rules import SCHEMA_NAME, load_field_rules, schema_text
from domain.errors import ConfigError

SHIPPED = Path(__file__).parents[3] / "config"
TEXT = """\
metadata_model_id: ECOMMERCE
security_policy_list: [1594]
definitions:
  NAME: {}
  TAG:
    kind: domain
    table: TAGS
  SCORE: {datatype: int}
  LINK: {}
fields:
  - NAME
  - TAG
forced:
  TAG: "1"
creativex:
  score: SCORE
  link: LINK
  unscored_link: https://example.com/
overrides:
  BAN: {TAG: ""}
"""
Faults = Callable[..., list[str]]


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """What is said about TEXT with these parts replaced."""

    def said(*changes: tuple[str, str]) -> list[str]:
        text = TEXT
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        (tmp_path / "fields.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load_field_rules(tmp_path)
        return [fault.removeprefix(f"{tmp_path / 'fields.yaml'}: ") for fault in caught.value.faults]

    return said


def test_the_file_that_is_shipped_is_good():
    rules = load_field_rules(SHIPPED)
    assert rules.metadata_model_id == "ECOMMERCE"
    assert rules.security_policy_list == (1594,)
    assert len(rules.fields) > 16


def test_the_schema_that_is_shipped_is_that_of_the_model():
    shipped = (SHIPPED / SCHEMA_NAME).read_text(encoding="utf-8")
    how = "from blocks.field_rules import schema_text; print(schema_text(), end='')"
    assert shipped == schema_text(), f'renew it: .venv/bin/python -c "{how}" > config/{SCHEMA_NAME}'


def test_a_file_without_faults_is_read(tmp_path: Path):
    (tmp_path / "fields.yaml").write_text(TEXT, encoding="utf-8")
    assert load_field_rules(tmp_path).forced == {"TAG": "1"}


def test_faults_of_every_kind_are_told_at_once_in_the_order_of_the_file(faults: Faults):
    assert faults(
        ("metadata_model_id: ECOMMERCE", "metadata_model_id: 7"),
        ("[1594]", '["1594"]'),
        ("kind: domain", "kind: table"),
        ("    table: TAGS", "    table: TAGS\n    tabel: TAGS"),
        ("  LINK: {}", "  LINK: {}\n  NAME: {}"),
        ("  - TAG", "  - TAG\n  - 2026"),
        ('  TAG: "1"', "  TAG: 1\n  TAG: x"),
        ("  link: LINK\n", ""),
    ) == [
        "line 1: metadata_model_id: text is wanted, 7 is none; put it in quotes",
        "line 2: security_policy_list > 0: Input should be a valid integer",
        "line 6: definitions > TAG > kind: Input should be 'plain', 'domain' or 'cascading'",
        "line 8: definitions > TAG > tabel: there is no such key; fields.schema.json lists them",
        "line 11: definitions > NAME: stands here twice, first in line 4",
        "line 15: fields > 2: text is wanted, 2026 is none; put it in quotes",
        "line 18: forced > TAG: stands here twice, first in line 17",
        "line 19: creativex > link: is missing",
    ]


def test_parts_that_do_not_fit_together_are_told_with_their_lines(faults: Faults):
    assert faults(
        ("  - TAG", "  - TAGG"),
        ('  TAG: "1"', '  SCORE: "many"'),
        ('BAN: {TAG: ""}', 'BAN:\n    TAG: ""\n    NAMES: ""'),
        ("score: SCORE", "score: SCORES"),
    ) == [
        "line 12: fields > 1: 'TAGG' has no definition; did you mean 'TAG'?",
        "line 14: forced > SCORE: 'many' is no number",
        "line 16: creativex > score: 'SCORES' has no definition; did you mean 'SCORE'?",
        "line 22: overrides > BAN > NAMES: 'NAMES' has no definition; did you mean 'NAME'?",
    ]


def test_an_id_that_is_listed_twice_is_told_with_the_line_of_the_second(faults: Faults):
    assert faults(("  - TAG", "  - TAG\n  - NAME")) == ["line 13: fields > 2: 'NAME' stands here twice"]


def test_a_definition_that_contradicts_itself_is_told_with_its_line(faults: Faults):
    assert faults(("LINK: {}", "LINK: {domain: X}")) == [
        "line 9: definitions > LINK: a plain field has no domain; set kind to domain or cascading"
    ]


def test_keys_that_look_like_numbers_or_booleans_are_text(tmp_path: Path):
    text = (
        TEXT.replace("BAN: {", "360: {")
        .replace("fields:", "fields:\n  - 'NO'")
        .replace("LINK: {}", "LINK: {}\n  NO: {}")
    )
    (tmp_path / "fields.yaml").write_text(text, encoding="utf-8")
    rules = load_field_rules(tmp_path)
    assert rules.overrides == {"360": {"TAG": ""}}
    assert "NO" in rules.definitions


def test_an_unquoted_date_is_the_text_it_is(tmp_path: Path):
    (tmp_path / "fields.yaml").write_text(TEXT.replace('TAG: "1"', "TAG: 2026-13-45"), encoding="utf-8")
    assert load_field_rules(tmp_path).forced == {"TAG": "2026-13-45"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"# nothing\n", "is empty"),
        (b"[1]", "line 1: whole file: keys with values are wanted; write {} for none"),
        (b"a: [", "line 1: not YAML"),
        (b"a: b\n---\nc: d", "line 2: not YAML"),
        (b"a: !!int x", "not YAML"),
        (b"a: \x00", "not YAML"),
        (b"\xff\xfe\xfd", "is not UTF-8 text"),
        (b"a: &a [*a]", "line 1: a: there is no such key"),
        (b"? [1]\n: x", "line 1"),
        (b"? {a: b}\n: x", "line 1"),
    ],
)
def test_what_is_no_rules_file_is_refused_with_a_reason(tmp_path: Path, content: bytes, reason: str):
    (tmp_path / "fields.yaml").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_field_rules(tmp_path)
    assert any(fault.startswith(f"{tmp_path / 'fields.yaml'}: {reason}") for fault in caught.value.faults)


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(ConfigError, match="there is no such file; CONFIG_DIR"):
        load_field_rules(tmp_path)
