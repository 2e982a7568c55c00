"""A derivative's file name in parts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from domain.filenames.grammar import GRAMMARS, Generation
from domain.filenames.parts import EXTENSION, JOB, TRACKING, Part


@dataclass(frozen=True)
class DerivativeName:
    """A file name that an agency handed in; the parts are as they stand in it (`6S`, `.mp4`), None where absent."""

    generation: Generation
    job: str
    brand: str
    country: str
    language: str
    subject: str
    asset_type: str
    spot: str | None
    seconds: str | None
    ratio: str
    social: str | None
    tracking_id: str
    extension: str

    @property
    def full_name(self) -> str:
        """The whole name, as it was handed in."""
        return self._without()

    @property
    def clean_name(self) -> str:
        """The name without job number and tracking id: the derivative's name in the DAM."""
        return self._without(JOB, TRACKING)

    def _without(self, *left_out: Part) -> str:
        texts = asdict(self)
        parts = (texts[part.name] for part in GRAMMARS[self.generation].parts if part not in left_out)
        return "_".join(text for text in parts if text is not None) + self.extension


def read_name(stem: str, extension: str) -> DerivativeName | None:
    """Return the name that stem and extension make in the generation whose rules they keep, or None."""
    if not EXTENSION.fits(extension):
        return None
    for grammar in GRAMMARS.values():
        found = grammar.read(stem)
        if found is not None:
            return _named(grammar.generation, found, extension)
    return None


def _named(generation: Generation, found: Mapping[str, str], extension: str) -> DerivativeName:
    return DerivativeName(
        generation=generation,
        job=found["job"],
        brand=found["brand"],
        country=found["country"],
        language=found["language"],
        subject=found["subject"],
        asset_type=found["asset_type"],
        spot=found.get("spot"),
        seconds=found.get("seconds"),
        ratio=found["ratio"],
        social=found.get("social"),
        tracking_id=found["tracking_id"],
        extension=extension,
    )
