"""The lists of codes, as a person writes them."""

from pathlib import Path

import pytest

from clients.yaml_files import read_model
from domain.codes import CODES_FILE, Codes
from domain.errors import ConfigError
from domain.filenames.parts import COUNTRY, RATIO

SHIPPED = Path(__file__).parents[4] / "config"
GOOD = "brands: [RAF]\ncountries: [DE]\nlanguages: [de]\nasset_types: [OLV]\nsocial: []\n"


def faults(folder: Path, text: str) -> tuple[str, ...]:
    """What is said about the file, without its path."""
    path = folder / CODES_FILE
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_model(path, Codes)
    return tuple(fault.removeprefix(f"{path}: ") for fault in caught.value.faults)


def test_the_lists_that_are_shipped_know_every_country_and_global():
    codes = read_model(SHIPPED / CODES_FILE, Codes)
    assert {"NO", "GL", "DE"} <= set(codes.countries)
    assert {"no", "de"} <= set(codes.languages)
    assert len(codes.countries) == 249


def test_a_part_that_is_no_code_has_no_list():
    codes = read_model(SHIPPED / CODES_FILE, Codes)
    assert codes.known(COUNTRY) == codes.countries
    assert codes.known(RATIO) is None


def test_norway_without_quotes_is_explained(tmp_path: Path):
    (fault,) = faults(tmp_path, GOOD.replace("[DE]", "[DE, NO]"))
    assert fault == "countries: YAML reads False here, which is not text: put the code in quotes, such as 'NO' or '001'"


def test_a_type_of_digits_without_quotes_is_explained(tmp_path: Path):
    (fault,) = faults(tmp_path, GOOD.replace("[OLV]", "[001]"))
    assert fault.startswith("asset_types: YAML reads 1 here")


def test_every_code_that_no_name_can_hold_is_told_at_once(tmp_path: Path):
    told = faults(tmp_path, GOOD.replace("[RAF]", "[raf, R]").replace("[de]", "[DE, de, de]"))
    assert told == ("brands: not 2-5 upper-case letters: 'raf', 'R'", "languages: not 2-3 lower-case letters: 'DE'")


def test_a_code_that_is_listed_twice_is_told(tmp_path: Path):
    assert faults(tmp_path, GOOD.replace("[DE]", "[DE, FR, DE]")) == ("countries: listed twice: DE",)


def test_a_list_that_is_missing_or_unknown_is_told(tmp_path: Path):
    told = faults(tmp_path, GOOD.replace("social: []", "socials: []"))
    assert told == ("social: Field required", "socials: Extra inputs are not permitted")
