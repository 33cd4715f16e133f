"""How a report looks, on a screen and on paper."""

from __future__ import annotations

from optlab.pictures.theme import LIGHT

STYLE = f"""
:root {{ color-scheme: light; --text: {LIGHT.text}; --muted: {LIGHT.muted};
  --line: {LIGHT.border}; --panel: {LIGHT.panel}; --good: {LIGHT.good}; --warn: {LIGHT.warning}; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 48px 32px 64px; max-width: 920px; color: var(--text);
  background: {LIGHT.window}; font: 16px/1.55 Inter, system-ui, "Segoe UI", Roboto,
  "Helvetica Neue", Arial, sans-serif; font-variant-numeric: tabular-nums; }}
h1 {{ font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }}
h2 {{ font-size: 13px; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase;
  color: var(--muted); margin: 48px 0 12px; padding-top: 16px; border-top: 1px solid var(--line); }}
h3 {{ font-size: 18px; margin: 32px 0 4px; display: flex; align-items: center; gap: 10px; }}
p {{ margin: 8px 0; max-width: 68ch; }}
.lead {{ font-size: 18px; }}
.muted, .note {{ color: var(--muted); }}
.note {{ font-size: 14px; }}
.warn {{ color: var(--warn); }}
figure {{ margin: 24px 0; }}
figure svg {{ display: block; width: 100%; height: auto; }}
.formula svg {{ overflow: visible; }}
.equations {{ background: var(--panel); border-radius: 6px; padding: 12px 16px; margin: 12px 0;
  overflow-x: auto; }}
.equations > div {{ padding: 5px 0; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: 14px; margin: 8px 0 16px; }}
th {{ text-align: left; font-weight: 500; color: var(--muted); vertical-align: bottom; }}
th, td {{ padding: 6px 14px 6px 0; border-bottom: 1px solid var(--line); }}
.number {{ text-align: right; }}
td.number, .comparison td {{ white-space: nowrap; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 6px 24px; margin: 12px 0; }}
dt {{ color: var(--muted); }}
dd {{ margin: 0; min-width: 0; overflow-wrap: anywhere; }}
pre {{ background: var(--panel); border-radius: 6px; padding: 12px 16px; font-size: 13px;
  line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; margin: 8px 0; }}
code, pre {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }}
code {{ font-size: 0.92em; }}
ul.claims {{ list-style: none; padding: 0; margin: 8px 0; }}
ul.claims li {{ padding: 3px 0 3px 26px; position: relative; }}
ul.claims li::before {{ position: absolute; left: 2px; }}
.held::before {{ content: "✓"; color: var(--good); }}
.broken::before {{ content: "✗"; color: var(--warn); }}
footer {{ margin-top: 48px; padding-top: 16px; border-top: 1px solid var(--line); font-size: 13px;
  color: var(--muted); }}
@media (max-width: 600px) {{ body {{ padding: 24px 16px; }}
  dl {{ grid-template-columns: 1fr; gap: 0; }} dd {{ margin-bottom: 8px; }} }}
@media print {{ @page {{ margin: 18mm 16mm; }}
  body {{ padding: 0; max-width: none; font-size: 10pt; }}
  h1 {{ font-size: 20pt; }} h2 {{ margin-top: 20pt; }} figure, table, .equations, pre, li
  {{ break-inside: avoid; }} h2, h3 {{ break-after: avoid; }} .wide {{ overflow: visible; }}
  .comparison {{ font-size: 8pt; }} .comparison th, .comparison td {{ padding-right: 6px; }} }}
"""
