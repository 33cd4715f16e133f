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

TANH_SERIES = (
    0.0034448661501568275,
    -0.008857311068633461,
    0.021869370783403112,
    -0.053968252782937196,
    0.13333333332784283,
    -0.3333333333333249,
)
"""Highest power first: (tanh(s)/s − 1) over s², within 5e-18 of tanh(s)/s for abs(s) ≤ log(2)/4;
the polynomial of least error, by Remez's exchange."""

ODD_SERIES = tuple(1.0 / odd for odd in range(33, 1, -2))
"""1/33, 1/31, ... 1/3: artanh(s)/s − 1 over s², to the last bit for abs(s) ≤ 1/3."""

_TANH_HORNER = "\n".join(f"    p = p * q + {term!r}" for term in TANH_SERIES[1:])
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
    """With 2x = k log 2 + 2s and u = tanh s: (2^k − 1 + u (2^k + 1)) / (2^k + 1 + u (2^k − 1))."""
    h = abs(x)
    h = 40.0 if h > 40.0 else h
    shifted = h * {2 * LOG2_E!r} + {ROUNDER!r}
    k = shifted - {ROUNDER!r}
    s = (h - k * {LN2_HIGH / 2!r}) - k * {LN2_LOW / 2!r}
    q = s * s
    p = {TANH_SERIES[0]!r}
{_TANH_HORNER}
    u = p * q * s + s
    power = power_of_two(shifted)
    less, more = power - 1.0, power + 1.0
    y = (less + u * more) / (more + u * less)
    return -y if x < 0.0 else y

@jit
def filled(z, value):
    for k in range(len(z)):
        z[k] = value

@jit
def activate(kind, z):
    if kind == 0:
        for k in range(len(z)):
            z[k] = tanh(z[k])
    elif kind == 1:
        for k in range(len(z)):
            z[k] = z[k] if z[k] > 0.0 or z[k] != z[k] else 0.0
    elif kind == 2:
        for k in range(len(z)):
            z[k] = sigmoid(z[k])

@jit
def times_slope(kind, a, out):
    """Multiplies by the derivative of the activation, from its value."""
    if kind == 0:
        for k in range(len(a)):
            out[k] *= 1.0 - a[k] * a[k]
    elif kind == 1:
        for k in range(len(a)):
            out[k] *= 1.0 if a[k] > 0.0 else 0.0
    elif kind == 2:
        for k in range(len(a)):
            out[k] *= a[k] * (1.0 - a[k])

@jit
def add_bend(kind, a, ra, d, rd):
    """Adds the second derivative of the activation times its input's change, times d."""
    if kind == 0:
        for k in range(len(a)):
            rd[k] += (-2.0 * a[k] * ra[k]) * d[k]
    elif kind == 2:
        for k in range(len(a)):
            rd[k] += ((1.0 - 2.0 * a[k]) * ra[k]) * d[k]

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
def pulled_back(head, own, sizes, step, w, v, out, order):
    """The loss; the gradient (order 1) or the Hessian times v (order 2) goes into ``out``. With
    order -1 the accuracy, and the loss goes into ``out``."""
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
    each = units * {8 * CHUNK}
    a_, d_ = own[3], own[3] + each
    ra_, rd_, y_ = own[3] + 2 * each, own[3] + 3 * each, own[3] + 4 * each
    ones = y_ + targets * {8 * CHUNK}
    losses = array(numbers_at(ones + {8 * CHUNK}), ({CHUNK},))
    w_, v_ = w.ctypes.data, v.ctypes.data
    second = order == 2
    if order > 0:
        filled(out, 0.0)
    total, right = 0.0, 0.0
    for begin in range(0, count, {CHUNK}):
        m = min({CHUNK}, count - begin)
        groups = (m + {LANES - 1}) // {LANES}
        padded, pitch = {LANES} * groups, {8 * LANES} * groups
        shape = (units, padded)
        a, d = array(numbers_at(a_), shape), array(numbers_at(d_), shape)
        ra, rd = array(numbers_at(ra_), shape), array(numbers_at(rd_), shape)
        y = array(numbers_at(y_), (targets, padded))
        size = (units * padded,)
        all_a, all_d = array(numbers_at(a_), size), array(numbers_at(d_), size)
        all_ra, all_rd = array(numbers_at(ra_), size), array(numbers_at(rd_), size)
        for i in range(sizes[0] + targets):
            column, values = a[i] if i < sizes[0] else y[i - sizes[0]], data[i]
            if batch:
                for k in range(m):
                    column[k] = values[rows[begin + k]]
            else:
                for k in range(m):
                    column[k] = values[begin + k]
            for k in range(m, padded):
                column[k] = 0.0
        if second:
            filled(all_ra[:sizes[0] * padded], 0.0)
        at, below = 0, 0
        for l in range(depth):
            above, hidden = below + sizes[l], activation if l < depth - 1 else 3
            bias = at + sizes[l + 1] * sizes[l]
            low, high = above * padded, (above + sizes[l + 1]) * padded
            here, under = a_ + below * pitch, ra_ + below * pitch
            for o in range(sizes[l + 1]):
                row, first = (above + o) * pitch, 8 * (at + o * sizes[l])
                filled(a[above + o], w[bias + o])
                add_weighted(a_ + row, w_ + first, 8, here, pitch, sizes[l], groups)
            activate(hidden, all_a[low:high])
            if second:
                for o in range(sizes[l + 1]):
                    row, first = (above + o) * pitch, 8 * (at + o * sizes[l])
                    filled(ra[above + o], v[bias + o])
                    add_weighted(ra_ + row, v_ + first, 8, here, pitch, sizes[l], groups)
                    add_weighted(ra_ + row, w_ + first, 8, under, pitch, sizes[l], groups)
                times_slope(hidden, all_a[low:high], all_ra[low:high])
            at = bias + sizes[l + 1]
            below = above
        if order < 0:
            right += hits(kind, top, sizes[depth], a, y, m)
        total += output(kind, top, sizes[depth], a, d, ra, rd, y, losses, weight, m, padded, second)
        if order <= 0:
            continue
        above = top
        for l in range(depth - 1, -1, -1):
            at -= sizes[l + 1] * (sizes[l] + 1)
            below = above - sizes[l]
            for o in range(sizes[l + 1]):
                here, changed = d_ + (above + o) * pitch, rd_ + (above + o) * pitch
                for i in range(sizes[l]):
                    left, moved = a_ + (below + i) * pitch, ra_ + (below + i) * pitch
                    if second:
                        out[at + o * sizes[l] + i] += (
                            sum_of_products(changed, left, groups)
                            + sum_of_products(here, moved, groups)
                        )
                    else:
                        out[at + o * sizes[l] + i] += sum_of_products(here, left, groups)
                slope = changed if second else here
                out[at + sizes[l + 1] * sizes[l] + o] += sum_of_products(slope, ones, groups)
            if l > 0:
                low, high = below * padded, above * padded
                filled(all_d[low:high], 0.0)
                if second:
                    filled(all_rd[low:high], 0.0)
                here, changed = d_ + above * pitch, rd_ + above * pitch
                stride, many = 8 * sizes[l], sizes[l + 1]
                for i in range(sizes[l]):
                    row, first = (below + i) * pitch, 8 * (at + i)
                    add_weighted(d_ + row, w_ + first, stride, here, pitch, many, groups)
                    if second:
                        add_weighted(rd_ + row, w_ + first, stride, changed, pitch, many, groups)
                        add_weighted(rd_ + row, v_ + first, stride, here, pitch, many, groups)
                bent, slopes = all_a[low:high], all_d[low:high]
                if second:
                    times_slope(activation, bent, all_rd[low:high])
                    add_bend(activation, bent, all_ra[low:high], slopes, all_rd[low:high])
                times_slope(activation, bent, slopes)
            above = below
    if order < 0:
        out[0] = total / weight
        return right / float(count)
    return total / weight

def answer(context, question, step, w_, v_, out_):
    head = array(integers_at(context), (8,))
    own = array(integers_at(head[{OWN}]), ({HEAD},))
    depth = own[0]
    sizes = array(integers_at(head[{OWN}] + {8 * HEAD}), (depth + 1,))
    n, units = 0, sizes[0]
    for l in range(depth):
        n += sizes[l + 1] * (sizes[l] + 1)
        units += sizes[l + 1]
    places = (4 * units + (sizes[depth] if own[2] == {SQUARED} else 1) + 2) * {CHUNK}
    w, v, out = array(w_, (n,)), array(v_, (n,)), array(out_, (n,))
    along, product, repeats = v, out, 1
    if question == {CURVATURE}:
        free = own[3] + 8 * places
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
        loss = pulled_back(head, own, sizes, step, w, along, product, order)
        if question == {CURVATURE}:
            along[j] = 0.0
            out[j] = product[j]
    return loss
'''
