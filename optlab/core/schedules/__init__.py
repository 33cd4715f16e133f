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
    with_unit,
)
from optlab.core.schedules.schedule import TYPED, EpochCount, Schedule, ScheduleKind, SchedulePiece

__all__ = [
    "CONSTANT",
    "EXAMPLE",
    "TYPED",
    "EpochCount",
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
    "with_unit",
]
