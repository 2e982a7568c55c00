"""States of assets and folders: lock, unlock, check out, delete."""

from sandbox.otmm.errors import OtmmError, invalid_request, locked_by_other, not_locked
from sandbox.otmm.nodes import Node
from sandbox.otmm.settings import OtmmSettings


def lock(node: Node, user: str, settings: OtmmSettings) -> None:
    """Take the lock; taking one's own again is no error."""
    _refuse_other(node, user, settings)
    node.locked_by = node.last_lock_user = user


def unlock(node: Node, user: str, settings: OtmmSettings) -> None:
    """Give the lock back; the name of who held it stays on the node."""
    _refuse_other(node, user, settings)
    if node.locked_by is None:
        raise not_locked(node.name)
    node.locked_by = None


def _check_out(node: Node, user: str, settings: OtmmSettings) -> None:
    _refuse_other(node, user, settings)
    if node.checked_out_by not in {None, user}:
        raise locked_by_other(node.name, str(node.checked_out_by), settings.lock_conflict_status)
    node.checked_out_by = user


def _cancel_check_out(node: Node, user: str, settings: OtmmSettings) -> None:
    _refuse_other(node, user, settings)
    node.checked_out_by = None


def _delete(node: Node, user: str, settings: OtmmSettings) -> None:
    _refuse_other(node, user, settings)
    node.is_deleted = True


def _undelete(node: Node, user: str, settings: OtmmSettings) -> None:
    _refuse_other(node, user, settings)
    node.is_deleted = False


ACTIONS = {
    "lock": lock,
    "unlock": unlock,
    "check_out": _check_out,
    "cancel_check_out": _cancel_check_out,
    "delete": _delete,
    "undelete": _undelete,
}


def apply(action: str, node: Node, user: str, settings: OtmmSettings) -> None:
    """Do what `PUT …/state` asks for."""
    if action not in ACTIONS:
        raise invalid_request(f"unknown action {action}")
    ACTIONS[action](node, user, settings)


def check_editable(node: Node, user: str, settings: OtmmSettings, *, optimistic: bool) -> None:
    """Raise unless the user may edit now: by an own lock, or by the optimistic strategy while nobody holds one."""
    if node.is_deleted:
        raise OtmmError(500, "A deleted asset cannot be edited.", node.name)
    _refuse_other(node, user, settings)
    if node.locked_by == user or not settings.locking_required:
        return
    if not optimistic or not (node.is_folder or settings.optimistic_on_assets):
        raise not_locked(node.name)


def _refuse_other(node: Node, user: str, settings: OtmmSettings) -> None:
    if node.locked_by not in {None, user}:
        raise locked_by_other(node.name, str(node.locked_by), settings.lock_conflict_status)
