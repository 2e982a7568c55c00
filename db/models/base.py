"""What all tables share: names of constraints, types, and the columns that the server fills in."""

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import TIMESTAMP, BigInteger, FetchedValue, Identity, MetaData, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012
        str: Text,
        int: BigInteger,
        datetime: TIMESTAMP(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB,
        list[str]: JSONB,
    }
    # What the server fills in is read back with the write, so that objects stay readable after the transaction.
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012


RowId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(server_default=func.now(), server_onupdate=FetchedValue())]
"""Kept by a trigger of the table."""


def one_of(column: str, *values: str) -> str:
    """Return the condition of a CHECK constraint that allows `values` only."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
