"""Fixtures of the filename tests."""

import pytest

from domain.codes import Codes


@pytest.fixture(scope="session")
def codes() -> Codes:
    """A few codes."""
    return Codes(
        brands=("RAF", "NUT"),
        countries=("CH", "DE", "FR", "GL", "IT", "JP", "NO", "ES"),
        languages=("de", "en", "fr", "it", "ja", "no"),
        asset_types=("OLV", "DIS"),
        social=("IGF", "FBK"),
    )
