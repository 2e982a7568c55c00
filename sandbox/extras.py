"""Libraries that only the sandbox needs: they come with the dev extras, not with the project."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def dev_extras() -> Iterator[None]:
    """Say what to do where an import inside fails. Raises RuntimeError."""
    try:
        yield
    except ImportError as error:
        raise RuntimeError(f"{error.name} is missing: install the dev extras") from error
