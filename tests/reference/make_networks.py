"""Write the trainings of PyTorch in float64 that the tests compare networks with.

Run by hand, with torch installed: ``python tests/reference/make_networks.py`` writes networks.json
beside itself.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

STEPS, ROWS, BATCH = 300, 50, 16
SHOWN = (1, 10, 100, 300)
OUTSIDE = {"epsilon_placement": "outside"}
RULES: dict[str, tuple[Any, dict[str, Any], dict[str, float], dict[str, str]]] = {
    "gd": (torch.optim.SGD, {}, {"eta": 0.1}, {}),
    "momentum": (
        torch.optim.SGD,
        {"momentum": 0.9},
        {"eta": 0.05, "alpha": 0.9},
        {"form": "accumulate"},
    ),
    "nesterov": (
        torch.optim.SGD,
        {"momentum": 0.9, "nesterov": True},
        {"eta": 0.05, "alpha": 0.9},
        {"form": "pytorch"},
    ),
    "adagrad": (torch.optim.Adagrad, {}, {"eta": 0.1, "epsilon": 1e-10}, OUTSIDE),
    "rmsprop": (
        torch.optim.RMSprop,
        {"alpha": 0.99, "eps": 1e-3},
        {"eta": 0.003, "beta2": 0.99, "epsilon": 1e-3},
        OUTSIDE,
    ),
    "adam": (
        torch.optim.Adam,
        {},
        {"eta": 0.02, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        OUTSIDE,
    ),
}
NETWORKS = {
    "2-1": ("tanh", "cross_entropy"),
    "2-8-1": ("tanh", "cross_entropy"),
    "2-6-4-1": ("sigmoid", "squared"),
    "2-5-3": ("relu", "cross_entropy"),
}
LAYERS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU, "sigmoid": torch.nn.Sigmoid}


def model_of(sizes: list[int], activation: str) -> torch.nn.Sequential:
    """The dense network, with no activation behind the last layer."""
    layers: list[torch.nn.Module] = []
    for below, above in pairwise(sizes):
        layers += [torch.nn.Linear(below, above), LAYERS[activation]()]
    return torch.nn.Sequential(*layers[:-1])


def training(text: str, rule: str, batch: int, table: np.ndarray) -> dict[str, Any]:
    """One training; batches take the rows in order, and the last of an epoch may be smaller."""
    activation, kind = NETWORKS[text]
    sizes = [int(part) for part in text.split("-")]
    torch.manual_seed(7)
    model = model_of(sizes, activation)
    inputs, target = torch.from_numpy(table[:, :2]), torch.from_numpy(table[:, 2:])
    if kind == "squared":
        loss_of = torch.nn.MSELoss()
    elif sizes[-1] == 1:
        loss_of = torch.nn.BCEWithLogitsLoss()
    else:
        loss_of, target = torch.nn.CrossEntropyLoss(), target[:, 0].long()
    constructor, arguments, parameters, options = RULES[rule]
    optimizer = constructor(model.parameters(), lr=parameters["eta"], **arguments)
    weights = torch.nn.utils.parameters_to_vector
    start = weights(model.parameters()).detach().numpy().tolist()
    shown: dict[str, Any] = {}
    place = 0
    for step in range(1, STEPS + 1):
        rows = slice(place, place + batch)
        place = 0 if place + batch >= ROWS else place + batch
        optimizer.zero_grad()
        loss_of(model(inputs[rows]), target[rows]).backward()
        optimizer.step()
        if step in SHOWN:
            with torch.no_grad():
                loss = float(loss_of(model(inputs), target))
            now = weights(model.parameters()).detach().numpy().tolist()
            shown[str(step)] = {"loss": loss, "w": now}
    return {
        "network": text,
        "activation": activation,
        "train_loss": kind,
        "optimizer": rule,
        "parameters": parameters,
        "options": options,
        "batch": 0 if batch == ROWS else batch,
        "start": start,
        "shown": shown,
    }


def main() -> None:
    """Make the data and all trainings."""
    source = np.random.default_rng(3)
    inputs = source.normal(size=(ROWS, 2)).round(4)
    labels = (inputs[:, 0] * inputs[:, 1] > 0).astype(float)
    classes = labels + (np.abs(inputs).max(axis=1) > 1.0)
    trainings = []
    for text in NETWORKS:
        for rule in RULES:
            target = classes if text == "2-5-3" else labels
            table = np.column_stack([inputs, target])
            for batch in (ROWS, BATCH):
                if batch == ROWS or text in ("2-1", "2-8-1"):
                    trainings.append(training(text, rule, batch, table))
    record = {
        "torch": torch.__version__,
        "steps": STEPS,
        "x1": inputs[:, 0].tolist(),
        "x2": inputs[:, 1].tolist(),
        "label": labels.tolist(),
        "class": classes.tolist(),
        "trainings": trainings,
    }
    path = Path(__file__).with_name("networks.json")
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")


main()
