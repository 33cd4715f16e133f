"""What recording a training costs: PyTorch with Adam, networks of 10³, 10⁵ and 10⁷ weights."""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import optlab
from benchmarks.measure import Row, Table, seconds_in_turns

_NETWORKS = {
    "10³ weights, batch 64": ((10, 30, 20, 1), 64, 1000),
    "10⁵ weights, batch 512": ((100, 300, 220, 10), 512, 300),
    "10⁷ weights, batch 256": ((1000, 2400, 2400, 700), 256, 10),
}
_PLAIN, _DEFAULT, _EVERY = "not recorded", "recorded", "recorded, every = 1"


def tables(rounds: int = 3, scale: float = 1.0) -> list[Table]:
    """Milliseconds of an update, and how much memory the recorder adds at most."""
    try:
        import torch
    except ImportError as error:
        return [Table("A recorded training", "ms", _PLAIN, (Row(_PLAIN, missing=str(error)),))]
    found = []
    with tempfile.TemporaryDirectory(prefix="optlab-benchmark-") as folder:
        for name, (sizes, batch, steps) in _NETWORKS.items():
            steps = max(3, round(steps * scale))
            train = _training(torch, sizes, batch, steps)
            works = {
                _PLAIN: lambda train=train: train(None),
                _DEFAULT: lambda train=train: train(Path(folder, "a"), every=None),
                _EVERY: lambda train=train: train(Path(folder, "b"), every=1),
            }
            works[_PLAIN]()
            before = _peak()
            works[_EVERY]()
            more = (_peak() / before - 1) * 100
            seconds = seconds_in_turns(works, rounds)
            rows = [Row.of(k, [1e3 * one / steps for one in v]) for k, v in seconds.items()]
            note = f"peak memory of the process grows by {more:.1f} %"
            title = f"A recorded training, {name}"
            found.append(Table(title, "ms/update", _PLAIN, tuple(rows), higher=False, note=note))
    return found


def _training(torch: Any, sizes: tuple[int, ...], batch: int, steps: int) -> Callable[..., None]:
    torch.manual_seed(0)
    layers = [part for a, b in pairwise(sizes) for part in (torch.nn.Linear(a, b), torch.nn.Tanh())]
    model = torch.nn.Sequential(*layers[:-1])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.randn(batch, sizes[0]), torch.randn(batch, sizes[-1])

    def loop(rec: Any = None) -> None:
        for _ in range(steps):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(model(x), y)
            if rec is not None:
                rec.loss(loss)
            loss.backward()
            optimizer.step()

    def train(path: Path | None, every: int | None = None) -> None:
        if path is None:
            loop()
            return
        with optlab.record(path, optimizer, model=model, every=every, overwrite=True) as rec:
            loop(rec)

    return train


def _peak() -> float:
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
