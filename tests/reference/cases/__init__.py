"""Which runs are recorded: optimizers of other libraries beside the keys they have in OptLab.

Pure data. In a `Call` a text argument names the OptLab parameter whose value it takes.
"""

from cases.adam_family import ADAM_FAMILY
from cases.adaptive import ADAPTIVE
from cases.around import SCHEDULED, TREATED
from cases.common import PROBLEMS, Case
from cases.first_order import FIRST_ORDER

CASES: list[Case] = [*FIRST_ORDER, *ADAPTIVE, *ADAM_FAMILY, *TREATED, *SCHEDULED]

__all__ = ["CASES", "PROBLEMS", "Case"]
