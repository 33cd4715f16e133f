"""``optlab doctor``: what is here, what is missing, and the line that mends it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from optlab.cli.checks.examine import examine
from optlab.cli.checks.findings import CheckSection, Finding
from optlab.cli.checks.probe import answer

_MARKS = {"fine": "ok", "without": "--", "missing": "!!"}


def execute(options: argparse.Namespace) -> int:
    """Prints what was found; 0 where nothing is missing, else 1."""
    if options.probe:
        return answer(options.probe)
    return report(examine())


def report(sections: Iterable[CheckSection]) -> int:
    """Prints sections as they come, then what is to be done; returns the exit status."""
    mends: dict[str, None] = {}
    missing = 0
    for section in sections:
        print(section.title)
        for finding in section.findings:
            print(f"  {_MARKS[finding.state]}  {finding.what:<10} {finding.found}", flush=True)
            missing += finding.state == "missing"
            if finding.mend:
                print(f"      {'':<10} mend: {finding.mend}")
                mends[_marked(finding)] = None
    print()
    if not missing:
        print("Everything that OptLab needs is here.")
        return 0
    print(f"{missing} thing{'s are' if missing > 1 else ' is'} missing. To mend:")
    for line in mends:
        print(f"  {line}")
    return 1


def _marked(finding: Finding) -> str:
    return f"{finding.mend}{'  (optional)' if finding.state == 'without' else ''}"
