"""Libraries that only the sandbox needs: they come with the dev extras, not with the project."""

from collections.abc import Iterator
from contextlib import contextmanager


class NotInstalled(RuntimeError):
    """A library is missing; the text says what to install."""


@contextmanager
def dev_extras() -> Iterator[None]:
    """Say what to do where an import inside fails. Raises NotInstalled."""
    try:
        yield
    except ImportError as error:
        raise NotInstalled(f"{error.name} is missing: install the dev extras") from error
