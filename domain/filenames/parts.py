"""The parts of a derivative's file name, as data: what each must look like, and how a slip is mended."""

import re
from dataclasses import dataclass

from domain.filenames import mends
from domain.filenames.mends import FORBIDDEN_IN_SUBJECT, LONGEST_SUBJECT, Mend


@dataclass(frozen=True)
class Part:
    """One part of a name. `label` and `rule` are written for people, `shape` (a regular expression) for the machine."""

    name: str
    label: str
    rule: str
    shape: str
    examples: tuple[str, ...]
    mends: tuple[Mend, ...] = ()
    codes: str | None = None
    """The list of `config/codes.yaml` that knows its values."""

    def fits(self, text: str) -> bool:
        """Tell whether the text has the shape of this part; whether the code is known is another question."""
        return text.isprintable() and re.fullmatch(self.shape, text) is not None

    def mended(self, text: str) -> tuple[str, ...]:
        """Return what the text probably stands for, the likeliest first; empty when nobody can tell."""
        candidates = dict.fromkeys(mend(text) for mend in self.mends)
        return tuple(candidate for candidate in candidates if self.fits(candidate))


_SUBJECT_RULE = (
    f"1-{LONGEST_SUBJECT} characters, no space, no underscore at either end, none of {' '.join(FORBIDDEN_IN_SUBJECT)}"
)
_SUBJECT_SHAPE = rf"(?!_)[^\s{re.escape(FORBIDDEN_IN_SUBJECT)}]{{1,{LONGEST_SUBJECT}}}(?<!_)"
_LETTERS_OR_DIGITS = "3 upper-case letters or digits"

# fmt: off
JOB        = Part("job", "job number", "1-10 digits", r"[0-9]{1,10}", ("1234567",), (mends.digits,))
BRAND      = Part("brand", "brand", "2-5 upper-case letters", r"[A-Z]{2,5}", ("RAF",), (mends.capitals,), "brands")
COUNTRY    = Part("country", "country", "2 upper-case letters", r"[A-Z]{2}", ("DE", "GL"),
                  (mends.capitals,), "countries")
LANGUAGE   = Part("language", "language", "2-3 lower-case letters", r"[a-z]{2,3}", ("de", "gsw"),
                  (mends.lower,), "languages")
SUBJECT    = Part("subject", "subject", _SUBJECT_RULE, _SUBJECT_SHAPE, ("TEST-JOB", "TEST_FILE"),
                  (mends.hyphened, mends.underscored))
ASSET_TYPE = Part("asset_type", "asset type", _LETTERS_OR_DIGITS, r"[A-Z0-9]{3}", ("OLV",),
                  (mends.upper,), "asset_types")
SPOT_V2    = Part("spot", "spot", "3 letters or digits", r"[A-Za-z0-9]{3}", ("001", "MST"))
SPOT_V2_1  = Part("spot", "spot", "MST or REF", r"MST|REF", ("MST", "REF"), (mends.upper,))
SECONDS    = Part("seconds", "seconds", "1-3 digits and S", r"[0-9]{1,3}S", ("6S", "15S"), (mends.seconds,))
RATIO      = Part("ratio", "ratio", "digits, a small x, digits", r"[0-9]+x[0-9]+", ("16x9",), (mends.ratio,))
SOCIAL     = Part("social", "social code", "3 upper-case letters", r"[A-Z]{3}", ("IGF",), (mends.upper,), "social")
TRACKING   = Part("tracking_id", "tracking id", "6 letters or digits", r"[A-Za-z0-9]{6}", ("BJP4ho",),
                  (mends.uncopied,))
EXTENSION  = Part("extension", "extension", "a dot and 2-5 letters or digits", r"\.[A-Za-z0-9]{2,5}", (".mp4",),
                  (str.strip,))
# fmt: on
