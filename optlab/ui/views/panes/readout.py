"""What hovering over a pane tells: the step, and each curve's value there."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from optlab.pictures.curves import CurveDrawing
from optlab.pictures.ticks import figures

_DIGITS = 5


def readout_text(curves: Sequence[CurveDrawing], step: int) -> str:
    """A small table for a tooltip; empty where no curve has a value at ``step``."""
    runs = {curve.run_id for curve in curves}
    components = {curve.name for curve in curves}
    rows = []
    for curve in reversed(curves):
        if step >= len(curve.values):
            continue
        names = [curve.run_name or curve.run_id] if len(runs) > 1 else []
        names += [curve.name] if len(components) > 1 or not names else []
        rows.append(
            f'<tr><td style="color:{curve.color}">■</td>'
            f"<td>{escape(' '.join(names))}&nbsp;</td>"
            f'<td align="right">{escape(figures(float(curve.values[step]), _DIGITS))}</td></tr>'
        )
    if not rows:
        return ""
    return f"<qt>step {step}<table>{''.join(rows)}</table></qt>"
