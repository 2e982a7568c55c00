"""How large the measured campaign and files are."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one run."""

    name: str
    assets: int
    asset_bytes: int
    large_mib: int
    small_mib: int
    masters: int
    derivative_bytes: int

    @property
    def large_bytes(self) -> int:
        """Size of the large file."""
        return self.large_mib * MIB

    @property
    def small_bytes(self) -> int:
        """Size of the file that memory is compared with; large enough to go up in parts."""
        return self.small_mib * MIB


FULL = Scale(
    "full", assets=200, asset_bytes=1_000_000, large_mib=256, small_mib=64, masters=10, derivative_bytes=5_000_000
)
QUICK = Scale(
    "quick", assets=40, asset_bytes=1_000_000, large_mib=64, small_mib=40, masters=2, derivative_bytes=1_000_000
)
