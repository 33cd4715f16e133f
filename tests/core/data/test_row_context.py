"""What compiled code sees of the rows of a step."""

import numpy as np

from optlab.core.data import Batches, RowContext, Table
from optlab.core.native import NO_STORE
from optlab.core.run.kernels.problem_calls import ANSWER

SUM_OF_A_STEP = """
def answer(context, question, step, w_, v_, out_):
    head = array(integers_at(context), (8,))
    data = array(numbers_at(head[0]), (head[2], head[1]))
    total = 0.0
    if step > 0 and head[6] > 0:
        offsets = array(integers_at(head[4]), (head[6] + 1,))
        rows = array(integers_at(head[3]), (offsets[head[6]],))
        for i in range(offsets[step - head[5]], offsets[step - head[5] + 1]):
            total += data[question, rows[i]]
    else:
        for row in range(head[1]):
            total += data[question, row]
    return total
"""


def test_compiled_code_finds_the_rows_of_each_step():
    table = Table({"a": np.arange(10.0), "b": np.arange(10.0) ** 2})
    shared = RowContext(table.by_column)
    context = shared.copy()
    code = NO_STORE.answer(SUM_OF_A_STEP)
    function = ANSWER(code.address)
    batches = Batches(10, 4, seed=2)
    context.take(batches.block(5, 6, numbered=2))
    for column, values in enumerate(table.columns.values()):
        for step in range(2, 8):
            expected = values[batches.rows_of(step + 3)].sum()
            assert function(context.address, column, step, None, None, None) == expected
        assert function(context.address, column, 0, None, None, None) == values.sum()
        assert function(shared.address, column, 3, None, None, None) == values.sum()
    context.take(None)
    assert function(context.address, 0, 3, None, None, None) == 45
