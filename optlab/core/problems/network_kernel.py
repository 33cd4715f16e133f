"""Loss, gradient and Hessian products of a dense network as the source of one C function.

One compilation serves all networks.  Of the ``context`` (:mod:`optlab.core.data.row_context`) the
field OWN leads to int64 numbers: depth, activation, loss, address of the scratch, then the units
of each layer, inputs first.

Rows are taken in chunks of :data:`CHUNK`; a chunk is gathered into columns, so that inner loops
run over its rows and become vectors.  Sums go from the first unit on; sums over the rows of a
chunk go in :data:`LANES` sums side by side, which are then added pairwise.  Nothing else is
reassociated, so :mod:`optlab.core.problems.network_arrays` gives the same bits.
"""

from __future__ import annotations

from optlab.core.data.row_context import COLUMNS, DATA, FIRST, INDICES, OFFSETS, OWN, ROWS, STEPS
from optlab.core.problems.compiled_calls import ACCURACY, CURVATURE, PRODUCT

CHUNK = 128
"""Rows that are computed side by side."""
LANES = 8
"""Partial sums over the rows of a chunk, which is filled up with zeros to a multiple of them."""
HEAD = 4
"""Numbers before the units of the layers."""
ACTIVATIONS = ("tanh", "relu", "sigmoid", "linear")
SQUARED, LOGISTIC, SOFTMAX = range(3)

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""log 2 in two parts; multiples of the first are exact (fdlibm, e_exp.c)."""
ROUNDER = 1.5 * 2.0**52
"""Added to a number it leaves the nearest whole one in the lowest bits."""
LEAST_EXPONENT = -700.0
"""exp is not taken below: it is 1e-304 there."""
SERIES = tuple(
    1.0 / factorial
    for factorial in (
        6227020800.0,
        479001600.0,
        39916800.0,
        3628800.0,
        362880.0,
        40320.0,
        5040.0,
        720.0,
        120.0,
        24.0,
        6.0,
        2.0,
    )
)
"""1/13!, 1/12!, ... 1/2!: exp(r) − 1 − r over r², to the last bit for abs(r) ≤ log(2)/2."""

ODD_SERIES = tuple(1.0 / odd for odd in range(33, 1, -2))
"""1/33, 1/31, ... 1/3: artanh(s)/s − 1 over s², to the last bit for abs(s) ≤ 1/3."""

_ODD_HORNER = "\n".join(f"    p = p * q + {term!r}" for term in ODD_SERIES[1:])
_HORNER = "\n".join(f"    p = p * r + {term!r}" for term in SERIES[1:])

NETWORK_SOURCE = f'''
@jit
def exp_less_1(t):
    """2^k − 1 + 2^k p and its parts 2^k and p, for exp(t) = 2^k (1 + p)."""
    shifted = t * {LOG2_E!r} + {ROUNDER!r}
    k = shifted - {ROUNDER!r}
    r = (t - k * {LN2_HIGH!r}) - k * {LN2_LOW!r}
    p = {SERIES[0]!r}
{_HORNER}
    return power_of_two(shifted), p * r * r + r

@jit
def negative_exp(t):
    """exp(t) for t <= 0."""
    t = {LEAST_EXPONENT!r} if t < {LEAST_EXPONENT!r} else t
    power, p = exp_less_1(t)
    return power * p + power

@jit
def sigmoid(x):
    e = negative_exp(-abs(x))
    return (1.0 if x >= 0.0 else e) / (1.0 + e)

@jit
def log_1_more(u):
    """log(1 + u) = 2 artanh(u / (2 + u)) for 0 <= u <= 1."""
    s = u / (2.0 + u)
    q = s * s
    p = {ODD_SERIES[0]!r}
{_ODD_HORNER}
    return 2.0 * (s + s * (q * p))

@jit
def tanh(x):
    t = 2.0 * abs(x)
    t = 80.0 if t > 80.0 else t
    power, p = exp_less_1(t)
    e = power * p + (power - 1.0)
    y = e / (e + 2.0)
    return -y if x < 0.0 else y

@jit
def affine(w, at, bias, below, above, size_in, size_out, a, out, m):
    """out = W a, or W a + b with ``bias``, over the units of a layer."""
    for o in range(size_out):
        b = w[at + size_out * size_in + o] if bias else 0.0
        for k in range(m):
            out[above + o, k] = b
        add_products(w, at + o * size_in, 1, below, above + o, size_in, a, out, m)

@jit
def add_products(w, at, stride, first, row, count, a, out, m):
    """Adds w[at] a[first] + w[at + stride] a[first + 1] + ... to a row of out."""
    for i in range(count):
        x = w[at + i * stride]
        for k in range(m):
            out[row, k] += x * a[first + i, k]

@jit
def activate(kind, first, size, a, m):
    for i in range(first, first + size):
        if kind == 0:
            for k in range(m):
                a[i, k] = tanh(a[i, k])
        elif kind == 1:
            for k in range(m):
                a[i, k] = a[i, k] if a[i, k] > 0.0 or a[i, k] != a[i, k] else 0.0
        elif kind == 2:
            for k in range(m):
                a[i, k] = sigmoid(a[i, k])

@jit
def times_slope(kind, first, size, a, out, m):
    """Multiplies by the derivative of the activation, from its value."""
    for i in range(first, first + size):
        if kind == 0:
            for k in range(m):
                out[i, k] *= 1.0 - a[i, k] * a[i, k]
        elif kind == 1:
            for k in range(m):
                out[i, k] *= 1.0 if a[i, k] > 0.0 else 0.0
        elif kind == 2:
            for k in range(m):
                out[i, k] *= a[i, k] * (1.0 - a[i, k])

@jit
def add_bend(kind, first, size, a, ra, d, rd, m):
    """Adds the second derivative of the activation times its input's change, times d."""
    for i in range(first, first + size):
        if kind == 0:
            for k in range(m):
                rd[i, k] += (-2.0 * a[i, k] * ra[i, k]) * d[i, k]
        elif kind == 2:
            for k in range(m):
                rd[i, k] += ((1.0 - 2.0 * a[i, k]) * ra[i, k]) * d[i, k]

@jit
def output(kind, first, size, a, d, ra, rd, y, losses, weight, m, padded, second):
    """The losses of a chunk, added up; their slopes and, with ``second``, the slopes' changes."""
    total = 0.0
    for o in range(first, first + size):
        for k in range(m, padded):
            d[o, k] = 0.0
            rd[o, k] = 0.0
    if kind == {SQUARED}:
        for k in range(m):
            for o in range(size):
                e = a[first + o, k] - y[o, k]
                total += e * e
                d[first + o, k] = 2.0 * e / weight
                if second:
                    rd[first + o, k] = 2.0 * ra[first + o, k] / weight
    elif kind == {LOGISTIC}:
        for k in range(m):
            z = a[first, k]
            e = negative_exp(-abs(z))
            p = (1.0 if z >= 0.0 else e) / (1.0 + e)
            losses[k] = (z if z > 0.0 else 0.0) - z * y[0, k] + log_1_more(e)
            d[first, k] = (p - y[0, k]) / weight
        if second:
            for k in range(m):
                e = negative_exp(-abs(a[first, k]))
                rd[first, k] = e / ((1.0 + e) * (1.0 + e)) * ra[first, k] / weight
        for k in range(m):
            total += losses[k]
    else:
        for k in range(m):
            most = a[first, k]
            for o in range(first + 1, first + size):
                most = a[o, k] if a[o, k] > most else most
            scale = 0.0
            for o in range(first, first + size):
                d[o, k] = negative_exp(a[o, k] - most)
                scale += d[o, k]
            mean = 0.0
            for o in range(first, first + size):
                d[o, k] /= scale
                if second:
                    mean += d[o, k] * ra[o, k]
            total += log(scale) + (most - a[first + int(y[0, k]), k])
            for o in range(first, first + size):
                p = d[o, k]
                d[o, k] = (p - (1.0 if int(y[0, k]) == o - first else 0.0)) / weight
                if second:
                    rd[o, k] = p * (ra[o, k] - mean) / weight
    return total

@jit
def hits(kind, first, size, a, y, m):
    """How many rows of a chunk get their own label as the likeliest."""
    count = 0.0
    for k in range(m):
        finite = True
        likeliest = first
        for o in range(first, first + size):
            finite = finite and a[o, k] - a[o, k] == 0.0
            likeliest = o if a[o, k] > a[likeliest, k] else likeliest
        label = 1.0 * (likeliest - first)
        if kind == {LOGISTIC}:
            label = 1.0 if a[first, k] > 0.0 else 0.0
        count += 1.0 if finite and label == y[0, k] else 0.0
    return count

@jit
def pulled_back(head, own, sizes, step, w, v, out, scratch, order):
    """The loss, or the accuracy (order -1); the gradient (order 1) or the Hessian times v
    (order 2) goes into ``out``."""
    depth, activation, kind = own[0], own[1], own[2]
    count, batch = head[{ROWS}], step > 0 and head[{STEPS}] > 0
    data = array(numbers_at(head[{DATA}]), (head[{COLUMNS}], count))
    rows = array(integers_at(head[{INDICES}]), (0,))
    if batch:
        offsets = array(integers_at(head[{OFFSETS}]), (head[{STEPS}] + 1,))
        at = offsets[step - head[{FIRST}]]
        count = offsets[step - head[{FIRST}] + 1] - at
        rows = array(integers_at(head[{INDICES}] + 8 * at), (count,))
    units = 0
    for l in range(depth + 1):
        units += sizes[l]
    top = units - sizes[depth]
    targets = sizes[depth] if kind == {SQUARED} else 1
    weight = float(count * targets)
    a = scratch[:units]
    d = scratch[units:2 * units]
    ra = scratch[2 * units:3 * units]
    rd = scratch[3 * units:4 * units]
    y = scratch[4 * units:4 * units + targets]
    losses = scratch[4 * units + targets + 1]
    ones = scratch.ctypes.data + (4 * units + targets) * {8 * CHUNK}
    second = order == 2
    if order > 0:
        for j in range(len(w)):
            out[j] = 0.0
    total = 0.0
    for begin in range(0, count, {CHUNK}):
        m = min({CHUNK}, count - begin)
        padded = (m + {LANES - 1}) // {LANES} * {LANES}
        for i in range(sizes[0] + targets):
            if i < sizes[0]:
                column, into = a[i], padded
            else:
                column, into = y[i - sizes[0]], m
            if batch:
                for k in range(m):
                    column[k] = data[i, rows[begin + k]]
            else:
                for k in range(m):
                    column[k] = data[i, begin + k]
            for k in range(m, into):
                column[k] = 0.0
        if second:
            for i in range(sizes[0]):
                for k in range(padded):
                    ra[i, k] = 0.0
        at, below = 0, 0
        for l in range(depth):
            above, hidden = below + sizes[l], activation if l < depth - 1 else 3
            affine(w, at, True, below, above, sizes[l], sizes[l + 1], a, a, padded)
            activate(hidden, above, sizes[l + 1], a, padded)
            if second:
                affine(v, at, True, below, above, sizes[l], sizes[l + 1], a, ra, padded)
                for o in range(sizes[l + 1]):
                    start = at + o * sizes[l]
                    add_products(w, start, 1, below, above + o, sizes[l], ra, ra, padded)
                times_slope(hidden, above, sizes[l + 1], a, ra, padded)
            at += sizes[l + 1] * (sizes[l] + 1)
            below = above
        if order < 0:
            total += hits(kind, top, sizes[depth], a, y, m)
            continue
        total += output(kind, top, sizes[depth], a, d, ra, rd, y, losses, weight, m, padded, second)
        if order == 0:
            continue
        above = top
        groups = padded // {LANES}
        for l in range(depth - 1, -1, -1):
            at -= sizes[l + 1] * (sizes[l] + 1)
            below = above - sizes[l]
            for o in range(sizes[l + 1]):
                here = d[above + o].ctypes.data
                changed = rd[above + o].ctypes.data
                for i in range(sizes[l]):
                    left = a[below + i].ctypes.data
                    if second:
                        moved = ra[below + i].ctypes.data
                        out[at + o * sizes[l] + i] += (
                            sum_of_products(changed, left, groups)
                            + sum_of_products(here, moved, groups)
                        )
                    else:
                        out[at + o * sizes[l] + i] += sum_of_products(here, left, groups)
                slope = changed if second else here
                out[at + sizes[l + 1] * sizes[l] + o] += sum_of_products(slope, ones, groups)
            if l > 0:
                for i in range(sizes[l]):
                    for k in range(padded):
                        d[below + i, k] = 0.0
                    start, size = at + i, sizes[l + 1]
                    add_products(w, start, sizes[l], above, below + i, size, d, d, padded)
                    if second:
                        for k in range(padded):
                            rd[below + i, k] = 0.0
                        add_products(w, start, sizes[l], above, below + i, size, rd, rd, padded)
                        add_products(v, start, sizes[l], above, below + i, size, d, rd, padded)
                if second:
                    times_slope(activation, below, sizes[l], a, rd, padded)
                    add_bend(activation, below, sizes[l], a, ra, d, rd, padded)
                times_slope(activation, below, sizes[l], a, d, padded)
            above = below
    return total / (weight if order >= 0 else float(count))

def answer(context, question, step, w_, v_, out_):
    head = array(integers_at(context), (8,))
    own = array(integers_at(head[{OWN}]), ({HEAD},))
    depth = own[0]
    sizes = array(integers_at(head[{OWN}] + {8 * HEAD}), (depth + 1,))
    n, units = 0, sizes[0]
    for l in range(depth):
        n += sizes[l + 1] * (sizes[l] + 1)
        units += sizes[l + 1]
    rows = 4 * units + (sizes[depth] if own[2] == {SQUARED} else 1) + 2
    scratch = array(numbers_at(own[3]), (rows, {CHUNK}))
    w, v, out = array(w_, (n,)), array(v_, (n,)), array(out_, (n,))
    along, product, repeats = v, out, 1
    if question == {CURVATURE}:
        free = own[3] + rows * {8 * CHUNK}
        along, product = array(numbers_at(free), (n,)), array(numbers_at(free + 8 * n), (n,))
        repeats = n
        for j in range(n):
            along[j] = 0.0
    order = 2 if question == {CURVATURE} or question == {PRODUCT} else question
    order = -1 if question == {ACCURACY} else order
    loss = 0.0
    for j in range(repeats):
        if question == {CURVATURE}:
            along[j] = 1.0
        loss = pulled_back(head, own, sizes, step, w, along, product, scratch, order)
        if question == {CURVATURE}:
            along[j] = 0.0
            out[j] = product[j]
    return loss
'''
