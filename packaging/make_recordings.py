"""Make the recordings that ship, and those of the tests: trainings of small networks with PyTorch.

Run it as ``python packaging/make_recordings.py`` where PyTorch is installed.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import torch

import optlab
from optlab.recording import read_folder

_FOLDER = Path(__file__).parent.parent / "resources" / "recordings"
_STEPS = 300
_TESTS = Path(__file__).parent.parent / "tests" / "recording" / "torch_rules.npz"
_RULES = {
    "adam": ("Adam", {"lr": 0.02}),
    "adam_l2": ("Adam", {"lr": 0.02, "weight_decay": 0.1, "betas": (0.8, 0.95)}),
    "adamw": ("AdamW", {"lr": 0.01, "weight_decay": 0.1}),
    "amsgrad": ("Adam", {"lr": 0.05, "amsgrad": True}),
    "momentum": ("SGD", {"lr": 0.05, "momentum": 0.9}),
    "nesterov": ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    "rmsprop": ("RMSprop", {"lr": 0.01, "alpha": 0.95}),
    "adagrad": ("Adagrad", {"lr": 0.1}),
    "gd": ("SGD", {"lr": 0.1}),
}


def main() -> None:
    """Write the three folders and the file of the tests anew."""
    _references()
    _train("adam", lambda p: torch.optim.Adam(p, lr=0.02))
    _train("adamw-warmup", lambda p: torch.optim.AdamW(p, lr=0.03, weight_decay=0.05), warmup=60)
    _train("blows-up", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.95), growth=1.03)


def _references() -> None:
    """Weights and gradients of 60 updates in double precision, with the settings."""
    arrays = {}
    settings = {}
    for name, (kind, given) in _RULES.items():
        torch.manual_seed(3)
        x = torch.randn(24, 2, dtype=torch.float64)
        y = torch.sin(x[:, :1]) + x[:, 1:]
        layers = torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)
        model = torch.nn.Sequential(*layers).double()
        optimizer = getattr(torch.optim, kind)(model.parameters(), **given)
        with tempfile.TemporaryDirectory() as folder:
            with optlab.record(Path(folder, name), optimizer) as rec:
                for step in range(60):
                    rows = slice(8 * (step % 3), 8 * (step % 3) + 8)
                    optimizer.zero_grad()
                    rec.loss(((model(x[rows]) - y[rows]) ** 2).mean()).backward()
                    optimizer.step()
            recorded = read_folder(Path(folder, f"{name}.optrec"))
        arrays |= {f"{name}.{column}": recorded.columns[column] for column in ("w", "g", "eta")}
        settings[name] = recorded.about["settings"]
    np.savez_compressed(_TESTS, settings=json.dumps(settings), **arrays)


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
