"""Chart of two circuits in a network of parity: what each of them answers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gen.analysis.two_circuits import two_circuits
from gen.charts.numbered import line_chart, lines, step_table
from gen.figures import RunFigure
from gen.networks.perceptron import Perceptron
from gen.tasks.sparse_parity import SparseParity

if TYPE_CHECKING:
    from gen.charts.chart import Chart
    from gen.experiments.runs import ModelRun
    from gen.i18n import Words
    from gen.networks.network import Network
    from gen.tasks.task import Task

_NAMES = {
    "en": {
        "in_use_test": "neurons of the rule, new rows",
        "others_test": "all others, new rows",
        "others_train": "all others, training rows",
    },
    "zh": {
        "in_use_test": "规律神经元，新数据",
        "others_test": "其余神经元，新数据",
        "others_train": "其余神经元，训练数据",
    },
}


class TwoCircuits(RunFigure):
    """Three lines: the neurons of the rule alone, and all others alone on rows of both splits."""

    kind: Literal["two-circuits"] = "two-circuits"

    def check(self, task: Task, network: Network) -> None:
        if not isinstance(task, SparseParity) or not isinstance(network, Perceptron):
            what = "two circuits are told apart in a perceptron of sparse parity alone"
            raise ValueError(what)  # noqa: TRY004 - a check of the model, not of a type

    def render(self, run: ModelRun, words: Words) -> Chart:
        found = two_circuits(run)
        names = _NAMES[words.language]
        series = lines(found.steps, {shown: found.accuracy[name] for name, shown in names.items()})
        return line_chart(words("axis.accuracy"), series, "share", words)

    def csv(self, run: ModelRun) -> str:
        found = two_circuits(run)
        return step_table(found.steps, found.accuracy)

    def alt(self, run: ModelRun, words: Words) -> str:
        found = two_circuits(run).accuracy
        used, others, known = (
            found[name] for name in ("in_use_test", "others_test", "others_train")
        )
        final, most, learned = (
            words.percent(float(value)) for value in (used[-1], others.max(), known.max())
        )
        if words.language == "zh":
            return (
                f"随步数变化的三条线。只留下规律神经元，新数据的准确率最后是 {final}；"
                f"只留下其余神经元，新数据最高 {most}，训练数据最高 {learned}。"
            )
        return (
            "Three lines over the steps of training. The neurons of the rule alone end at "
            f"{final} of the new rows. All others alone reach {most} of the new rows at most, "
            f"and {learned} of the training rows."
        )
