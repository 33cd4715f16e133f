"""OptLab: a desktop laboratory for gradient-based optimizers."""

__version__ = "0.1.0"
