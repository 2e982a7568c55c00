"""The codes that file names are made of: the whole of `config/codes.yaml`.

Countries follow ISO 3166-1 alpha-2 and `GL` for global (Greenland's own code, given up for it), languages ISO 639.
"""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from domain.filenames.parts import ASSET_TYPE, BRAND, COUNTRY, LANGUAGE, SOCIAL, Part

CODES_FILE = "codes.yaml"
"""Its name in the config folder."""

_CodeList = tuple[str, ...]


def _texts(values: object) -> object:
    """Refuse what YAML does not take for text: NO (Norway) becomes false, 001 becomes 1."""
    odd = [value for value in values if not isinstance(value, str)] if isinstance(values, list) else []
    if odd:
        raise ValueError(
            f"YAML reads {odd[0]!r} here, which is not text: put the code in quotes, such as 'NO' or '001'"
        )
    return values


def _shaped(part: Part) -> Callable[[_CodeList], _CodeList]:
    def check(codes: _CodeList) -> _CodeList:
        bad = [code for code in codes if not part.fits(code)]
        if bad:
            raise ValueError(f"not {part.rule}: {', '.join(map(repr, bad))}")
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return codes

    return check


_Texts = BeforeValidator(_texts)


class Codes(BaseModel):
    """The known codes of each kind. A code that is not listed is a warning, never a refusal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    brands: Annotated[_CodeList, _Texts, AfterValidator(_shaped(BRAND))] = Field(description="Brand codes.")
    countries: Annotated[_CodeList, _Texts, AfterValidator(_shaped(COUNTRY))] = Field(description="Country codes.")
    languages: Annotated[_CodeList, _Texts, AfterValidator(_shaped(LANGUAGE))] = Field(description="Language codes.")
    asset_types: Annotated[_CodeList, _Texts, AfterValidator(_shaped(ASSET_TYPE))] = Field(description="Asset types.")
    social: Annotated[_CodeList, _Texts, AfterValidator(_shaped(SOCIAL))] = Field(description="Social network codes.")

    def known(self, part: Part) -> tuple[str, ...] | None:
        """Return the known codes of a part, in the file's order, or None for a part that is no code."""
        found: tuple[str, ...] | None = getattr(self, part.codes) if part.codes is not None else None
        return found
