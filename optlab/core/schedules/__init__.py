"""The learning rate over the steps."""

from optlab.core.schedules.catalogue import (
    CONSTANT,
    load_schedule_kind,
    parse_schedule,
    piece_text,
    read_schedule_kind,
    schedule_kind_names,
    schedule_names,
    with_kind_names,
)
from optlab.core.schedules.schedule import Piece, Schedule, ScheduleKind

__all__ = [
    "CONSTANT",
    "Piece",
    "Schedule",
    "ScheduleKind",
    "load_schedule_kind",
    "parse_schedule",
    "piece_text",
    "read_schedule_kind",
    "schedule_kind_names",
    "schedule_names",
    "with_kind_names",
]
