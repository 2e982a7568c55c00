"""Who gets which mails: the whole of `config/recipients.yaml`."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from clients.mail.addresses import is_plain_address


def _plain(address: str) -> str:
    if not is_plain_address(address):
        raise ValueError("must be one bare address, such as ana@example.com")
    return address


Address = Annotated[str, AfterValidator(_plain)]


def _each_once(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple({address.lower(): address for address in reversed(addresses)}.values())[::-1]


Addresses = Annotated[tuple[Address, ...], Field(min_length=1), AfterValidator(_each_once)]


class Audience(StrEnum):
    """Kinds of recipients."""

    SUCCESS = "success"
    ERRORS = "errors"
    CRITICAL = "critical"
    REPORT = "report"


class Recipients(BaseModel):
    """The addresses of each audience; an address that is listed twice gets one mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    success: Addresses = Field(description="Those who work on once a delivery is complete.")
    errors: Addresses = Field(description="Those who mend assets and campaigns.")
    critical: Addresses = Field(description="Those who run this system.")
    report: Addresses = Field(description="Readers of the daily report.")

    def of(self, audience: Audience | str) -> tuple[str, ...]:
        """Return the addresses of `audience`; raises ValueError for one that does not exist."""
        found: tuple[str, ...] = getattr(self, Audience(audience).value)
        return found
