"""The learning rate over the steps."""

from optlab.core.schedules.catalogue import (
    CONSTANT,
    EXAMPLE,
    load_schedule_kind,
    parse_schedule,
    piece_text,
    read_schedule_kind,
    schedule_kind_names,
    schedule_names,
    typed_summary,
    with_kind_names,
)
from optlab.core.schedules.schedule import TYPED, Schedule, ScheduleKind, SchedulePiece

__all__ = [
    "CONSTANT",
    "EXAMPLE",
    "TYPED",
    "Schedule",
    "ScheduleKind",
    "SchedulePiece",
    "load_schedule_kind",
    "parse_schedule",
    "piece_text",
    "read_schedule_kind",
    "schedule_kind_names",
    "schedule_names",
    "typed_summary",
    "with_kind_names",
]
