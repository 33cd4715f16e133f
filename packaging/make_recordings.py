"""Make the recordings that ship: three trainings of a small network with PyTorch.

Run it as ``python packaging/make_recordings.py`` where PyTorch is installed.
"""

from __future__ import annotations

from pathlib import Path

import torch

import optlab

_FOLDER = Path(__file__).parent.parent / "resources" / "recordings"
_STEPS = 300


def main() -> None:
    """Write the three folders anew."""
    _train("adam", lambda p: torch.optim.Adam(p, lr=0.02))
    _train("adamw-warmup", lambda p: torch.optim.AdamW(p, lr=0.03, weight_decay=0.05), warmup=60)
    _train("blows-up", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.95), growth=1.03)


def _train(name: str, make: object, warmup: int = 0, growth: float = 1.0) -> None:
    torch.manual_seed(1)
    torch.set_num_threads(1)
    angle = torch.linspace(0, 3.14159, 60)
    outer = torch.stack([angle.cos(), angle.sin()], 1)
    inner = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    x = torch.cat([outer, inner]) + 0.1 * torch.randn(120, 2)
    y = torch.cat([torch.zeros(60), torch.ones(60)])[:, None]
    model = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.Tanh(), torch.nn.Linear(8, 1))
    optimizer = make(model.parameters())  # type: ignore[operator]
    rate = optimizer.param_groups[0]["lr"]
    loss_of = torch.nn.BCEWithLogitsLoss()
    with optlab.record(_FOLDER / name, optimizer, model=model, seed=1, overwrite=True) as rec:
        for step in range(_STEPS):
            share = min(1.0, (step + 1) / warmup) if warmup else growth**step
            optimizer.param_groups[0]["lr"] = rate * share
            rows = torch.randperm(120)[:32]
            optimizer.zero_grad()
            rec.loss(loss_of(model(x[rows]), y[rows])).backward()
            optimizer.step()
        rec.loss(loss_of(model(x), y))
        if all(bool(p.isfinite().all()) for p in model.parameters()):
            rec.plane(lambda: loss_of(model(x), y), resolution=48)


if __name__ == "__main__":
    main()
