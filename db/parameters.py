"""Parameters of statements that take many values."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, BindParameter, Text, bindparam


def texts(values: Collection[str]) -> BindParameter[Any]:
    """Return the values as one parameter, for `any_` and `all_`: PostgreSQL takes no more than 65535 of them."""
    return bindparam(None, list(values), ARRAY(Text))
