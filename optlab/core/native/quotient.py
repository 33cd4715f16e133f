"""Quotients by a divisor that many dividends share: exactly rounded, without a division.

With ``y = 1/b`` rounded to nearest, and fused multiply-adds, ::

    q = a y        r = q b - a        q - r y  =  a/b rounded to nearest

(Markstein 1990, IBM J. Res. Dev. 34; Brisebarre, Muller, Raina 2004, IEEE Trans. Comput. 53).
That ``q`` may be 1.5 units in the last place off, where the classical theorem allows one, changes
nothing: the tests go through all pairs of shorter mantissas, and build the hardest pairs of long
ones.  With ``b > 0`` a zero keeps its sign.

It holds as long as no number leaves the range of exponents.  The processor itself keeps record of
that: where the flags *underflow*, *overflow* and *invalid* stay down, every operation gave what it
would give without limits to the exponent, and the last value, being a double, is the rounded
quotient there as well.  Where one of them is up, what was computed since they were cleared has
to be computed again by division.
"""

from __future__ import annotations

from functools import cache

LEAST_DIVISOR, LARGEST_DIVISOR = 2.0**-1000, 2.0**1000
"""Between these, a divisor and its reciprocal are ordinary numbers."""


@cache
def has_quotients() -> bool:
    """Whether this processor has fused multiply-adds, and flags that we know how to read."""
    from llvmlite import binding

    x86 = binding.get_default_triple().startswith(("x86_64", "amd64"))
    return x86 and bool(binding.get_host_cpu_features().get("fma"))
