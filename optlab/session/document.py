"""What all parts of a document have in common."""

from __future__ import annotations

import msgspec


class Document(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True
):
    """What all parts of an experiment have in common: frozen, strict, comparable."""
