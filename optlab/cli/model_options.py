"""The options that say what is trained: surface, data, network, what gradients are taken from."""

from __future__ import annotations

import argparse

from optlab.cli.option_values import (
    finite,
    names,
    point,
    setting,
    sweep,
    then,
    truth,
    whole,
)


def add_experiment(command: argparse.ArgumentParser) -> None:
    """FILE, and the options that override it or make an experiment from nothing."""
    command.add_argument("file", nargs="?", metavar="FILE", help="experiment file or shipped name")
    _add_surface_options(command.add_argument_group("the experiment"))
    _add_data_options(command.add_argument_group("data"))
    _add_network_options(command.add_argument_group("a network"))
    _add_sampling_options(command.add_argument_group("what gradients are taken from"))
    _add_gradient_options(command.add_argument_group("the gradient"))


def _add_surface_options(group: argparse._ArgumentGroup) -> None:
    surface = group.add_mutually_exclusive_group()
    surface.add_argument("--problem", metavar="NAME", help="a surface of the catalogue")
    surface.add_argument("--loss", metavar="TEXT", help="a formula of w1 ... wn (or x and y)")
    group.add_argument(
        "--weights", type=names, metavar="A,B,...", help="names of the weights of --loss, in order"
    )
    group.add_argument(
        "--start",
        type=point,
        metavar="W1,W2,...|FILE.npy",
        help="start point, a number for each weight",
    )
    group.add_argument("--steps", type=whole, metavar="N", help="number of updates (default 200)")
    group.add_argument("--optimizer", metavar="NAME", help="an update rule of the catalogue")
    group.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a parameter or option, e.g. eta=0.05 or bias_correction=no, or preset=NAME; "
        "may be repeated",
    )
    group.add_argument(
        "--sweep",
        type=sweep,
        metavar="KEY=V1,V2,...",
        help="in place of each run whose rule has the parameter one for each value",
    )
    group.add_argument(
        "--then",
        type=then,
        action="append",
        default=[],
        metavar="K:OPTIMIZER[:KEY=VALUE,...]",
        help="from step K on, or after epochs as in 5epochs:gd, with another rule; its memory is "
        "taken over by name, unless with keep_memory=no; may be repeated",
    )
    group.add_argument(
        "--schedule",
        metavar="TEXT",
        help="learning rate over the steps: NAME:KEY=VALUE,... joined with +, "
        "e.g. step:drop=0.5,every=10",
    )
    group.add_argument("--seed", type=whole, metavar="N", help="decides all noise (default 0)")
    group.add_argument(
        "--stop-gradient",
        type=finite,
        metavar="TOL",
        help="stop early where the norm of the gradient is at most TOL",
    )


def _add_data_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--data",
        metavar="FILE.csv|NAME",
        help='the table of --loss "mean(...)": a file, a shipped table, or a generator such as '
        '"moons:n=200,noise=0.1,seed=1" (optlab list data)',
    )
    group.add_argument(
        "--test", type=finite, metavar="SHARE", help="share of the rows that is kept for the test"
    )
    group.add_argument(
        "--split-seed", type=whole, metavar="N", help="decides which rows these are (default 0)"
    )
    group.add_argument(
        "--standardize", type=truth, metavar="yes|no", help="inputs with mean 0 and deviation 1"
    )


def _add_network_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--network",
        metavar="SIZES",
        help="a dense network on --data instead of a loss: the units of its layers, such as "
        "2-8-8-1, inputs first. Its weights: per layer the matrix (outputs x inputs, row by row), "
        "then the bias",
    )
    group.add_argument(
        "--activation",
        metavar="NAME",
        help="of hidden layers: tanh (default), relu, sigmoid, linear",
    )
    group.add_argument(
        "--train-loss",
        metavar="NAME",
        help="squared, or cross_entropy: of labels 0 and 1 with one output, of class numbers with "
        "more (the default where the last column is a label)",
    )
    group.add_argument(
        "--init",
        metavar="NAME",
        help="initial weights by --seed: xavier (default), he, normal, uniform, zeros",
    )


def _add_sampling_options(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--batch", type=whole, metavar="B", help="rows of a mini-batch")
    group.add_argument(
        "--shuffle",
        type=truth,
        metavar="yes|no",
        help="rows of an epoch in a random order, which the seed decides (default yes)",
    )
    group.add_argument(
        "--epochs", type=whole, metavar="E", help="times through all rows, instead of --steps"
    )
    group.add_argument(
        "--workers", type=whole, metavar="K", help="so many batches are averaged in each step"
    )
    group.add_argument(
        "--asynchronous",
        type=truth,
        metavar="yes|no",
        help="the workers take turns: each gradient is K - 1 updates old",
    )
    group.add_argument(
        "--delay",
        metavar="TAU",
        help="gradients are taken TAU updates ago; uniform:TAU for a random age up to it",
    )
    group.add_argument(
        "--share",
        type=finite,
        metavar="P",
        help="the share of the weights, drawn for every update, that is written",
    )
    group.add_argument(
        "--loss-every",
        type=whole,
        metavar="N",
        help="steps between two losses on all rows (default 1, for large data more)",
    )


def _add_gradient_options(group: argparse._ArgumentGroup) -> None:
    texts = {
        "--noise": ("SIGMA", "add normal noise of this standard deviation"),
        "--noise-relative": ("SIGMA", "multiply by 1 + normal noise of this standard deviation"),
        "--l2": ("LAMBDA", "add LAMBDA w, the gradient of LAMBDA |w|^2 / 2"),
        "--clip-value": ("C", "limit each component to -C ... C"),
        "--clip-norm": ("C", "shorten to the norm C where it is longer"),
    }
    for option, (metavar, text) in texts.items():
        group.add_argument(option, type=finite, metavar=metavar, help=text)
