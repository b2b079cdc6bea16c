"""Tasks: one kind in one file, and what all kinds have in common."""

from gen.tasks.task import Data as Data
from gen.tasks.task import Rows as Rows
from gen.tasks.task import Task as Task
from gen.tasks.trained_run import TrainedRun as TrainedRun
