"""Private temporary folders for content that has to lie on disk for a while."""

from clients.workspace.workspace import Workspace

__all__ = ["Workspace"]
