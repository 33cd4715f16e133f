from optlab.api import AnswerCheck as AnswerCheck
from optlab.api import Cluster as Cluster
from optlab.api import CompareResult as CompareResult
from optlab.api import Lab as Lab
from optlab.api import MapResult as MapResult
from optlab.api import Result as Result
from optlab.api import RunResult as RunResult
from optlab.api import SeedResult as SeedResult
from optlab.api import TuneResult as TuneResult
from optlab.api import check_rule as check_rule
from optlab.api import code as code
from optlab.api import compare as compare
from optlab.api import experiment as experiment
from optlab.api import experiments as experiments
from optlab.api import load as load
from optlab.api import optimizers as optimizers
from optlab.api import problems as problems
from optlab.api import schedules as schedules
from optlab.api import tune as tune
from optlab.recording import record as record

__version__: str
