"""Leading eigenvalues of a symmetric matrix that is known by its products alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from optlab.core.formula.emit import Array

MOST_PRODUCTS = 80
_START = 0x1A2C05


def leading_eigenpairs(
    product: Callable[[Array], Array],
    dimension: int,
    count: int = 2,
    tolerance: float = 1e-6,
    most: int = MOST_PRODUCTS,
) -> tuple[Array, Array] | None:
    """The ``count`` largest eigenvalues, descending, and unit eigenvectors in columns (n, count).

    By Lanczos' method (1950) with full reorthogonalisation, from a fixed start, until the residual
    of each is below ``tolerance`` times the largest size of an eigenvalue or ``most`` products
    were taken.  The largest component of a vector is positive.  None where a product is not
    finite.
    """
    source = np.random.Generator(np.random.Philox(_START))
    start = source.normal(size=dimension)
    basis = [start / np.linalg.norm(start)]
    diagonal: list[float] = []
    beside: list[float] = []
    while True:
        moved = np.asarray(product(basis[-1]), dtype=np.float64)
        if not np.isfinite(moved).all():
            return None
        diagonal.append(float(basis[-1] @ moved))
        known = np.array(basis)
        for _ in range(2):  # once is not enough where eigenvalues have converged
            moved = moved - known.T @ (known @ moved)
        length = float(np.linalg.norm(moved))
        values, vectors = _tridiagonal(diagonal, beside)
        size = float(np.abs(values).max()) or 1.0
        residuals = length * np.abs(vectors[-1, -count:])
        # In an invariant subspace a multiple eigenvalue shows but once: go on beside it.
        closed = length <= 1e-10 * size
        enough = not closed and len(basis) >= count and (residuals <= tolerance * size).all()
        if enough or len(basis) >= min(dimension, most):
            break
        if closed:
            moved = source.normal(size=dimension)
            for _ in range(2):
                moved = moved - known.T @ (known @ moved)
            beside.append(0.0)
        else:
            beside.append(length)
        basis.append(moved / np.linalg.norm(moved))
    found = np.array(basis).T @ vectors[:, ::-1][:, :count]
    largest = np.abs(found).argmax(axis=0)
    signs = np.where(found[largest, np.arange(found.shape[1])] < 0, -1.0, 1.0)
    return values[::-1][:count].copy(), found * signs


def _tridiagonal(diagonal: list[float], beside: list[float]) -> tuple[Array, Array]:
    """Eigenvalues, ascending, and eigenvectors of a symmetric tridiagonal matrix."""
    matrix = np.diag(diagonal)
    if beside:
        matrix += np.diag(beside, 1) + np.diag(beside, -1)
    return np.linalg.eigh(matrix)
