"""Facts that polls keep finding, so that each is told once."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import all_, any_, case, delete, func, null, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Fact
from db.parameters import texts


def observe(session: Session, key: str, digest: str, now: datetime) -> Fact:
    """Note that a fact holds now. `first_seen_at` and `told_at` stay while its digest does, else start anew."""
    seen = {"key": key, "digest": digest, "first_seen_at": now, "last_seen_at": now}
    write = insert(Fact).values(seen)
    same = Fact.digest == write.excluded.digest
    upsert = write.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "digest": write.excluded.digest,
            "last_seen_at": write.excluded.last_seen_at,
            "first_seen_at": case((same, Fact.first_seen_at), else_=write.excluded.first_seen_at),
            "told_at": case((same, Fact.told_at), else_=null()),
        },
    )
    return session.scalars(upsert.returning(Fact).execution_options(populate_existing=True)).one()


def mark_told(session: Session, key: str, now: datetime) -> None:
    """Note that people were told of the fact as it is."""
    session.execute(update(Fact).where(Fact.key == key).values(told_at=now))


def forget(session: Session, *keys: str) -> None:
    """Note that the facts hold no longer; one that comes back is a new one."""
    session.execute(delete(Fact).where(Fact.key == any_(texts(keys))))


def forget_others(session: Session, prefix: str, subjects: Collection[str]) -> None:
    """Forget the facts below `prefix` about other subjects; a key is `prefix/subject/kind`."""
    subject = func.split_part(Fact.key, "/", prefix.count("/") + 2)
    others = subject != all_(texts(subjects))
    session.execute(delete(Fact).where(Fact.key.startswith(f"{prefix}/", autoescape=True), others))
