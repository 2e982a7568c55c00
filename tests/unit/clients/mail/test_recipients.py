from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from clients.mail.recipients import Audience, Recipients

CONFIG = Path(__file__).parents[4] / "config" / "recipients.yaml"
ONE = ["ana@example.com"]
FOUR = {"success": ONE, "errors": ONE, "critical": ONE, "report": ONE}


def test_the_shipped_file_is_valid_and_names_no_real_person():
    recipients = Recipients.model_validate(yaml.safe_load(CONFIG.read_text(encoding="utf-8")))
    for audience in Audience:
        assert all(address.endswith("@example.com") for address in recipients.of(audience))


def test_an_address_listed_twice_gets_one_mail():
    recipients = Recipients(
        success=["a@example.com", "A@example.com", "b@example.com"], errors=ONE, critical=ONE, report=ONE
    )
    assert recipients.of("success") == ("a@example.com", "b@example.com")


@pytest.mark.parametrize("wrong", [[], ["Ana <ana@example.com>"], ["a@example.com, b@example.com"], ["nobody"]])
def test_an_audience_needs_bare_addresses(wrong):
    with pytest.raises(ValidationError, match="report"):
        Recipients.model_validate(FOUR | {"report": wrong})


def test_an_unknown_audience_is_refused():
    with pytest.raises(ValidationError, match="managers"):
        Recipients.model_validate(FOUR | {"managers": ONE})
    with pytest.raises(ValueError, match="managers"):
        Recipients.model_validate(FOUR).of("managers")
