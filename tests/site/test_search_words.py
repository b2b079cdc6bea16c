"""Readers find the sections of the article by the words that they know, in both languages.

The words are those of the report that made grokking known in Chinese, and those of the field. They
are searched in the index of the real pages, by the script that pages load.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

from gen.site.pages.search import index_path
from tests.site.test_pages_site import ONE_WORKER, written
from tests.support.node import run_scripts

pytestmark = [ONE_WORKER, pytest.mark.article]

# A word, and the pages of which one must be among the first three results.
REPORT = {
    "zh": {
        "领悟": "index when",
        "顿悟": "index when",
        "领悟力": "index when",
        "谷歌": "how-it-was-made construction",
        "PAIR": "report how-it-was-made construction",
        "数奇数": "ones-and-zeros",
        "稀疏奇偶校验": "ones-and-zeros",
        "奇偶": "ones-and-zeros",
        "热图": "ones-and-zeros modular-addition",
        "权重衰减": "smooth ones-and-zeros when",
        "过拟合": "when modular-addition index",
        "死记硬背": "when index ones-and-zeros",
        "超参数": "how-it-was-made when",
        "模加法": "modular-addition",
        "多层感知机": "how-it-was-made construction ones-and-zeros",
        "MLP": "modular-addition how-it-was-made construction ones-and-zeros",
        "三角函数": "stars five-neurons",
        "周期": "modular-addition stars smooth construction",
        "频率": "stars modular-addition",
        "相长干涉": "stars",
        "傅里叶": "stars",
        "DFT": "stars",
        "大模型": "larger-model",
        "泛化": "when modular-addition how-it-was-made",
        "损失函数": "how-it-was-made smooth",
    },
    "en": {
        "grokking": "index when",
        "grok": "index when report",
        "delayed generalization": "index when",
        "Google": "how-it-was-made construction",
        "PAIR": "report how-it-was-made construction",
        "odd": "ones-and-zeros",
        "sparse parity": "ones-and-zeros",
        "parity": "ones-and-zeros",
        "heat map": "ones-and-zeros modular-addition",
        "weight decay": "smooth ones-and-zeros when",
        "overfitting": "when modular-addition index",
        "memorise": "when index ones-and-zeros modular-addition",
        "hyperparameters": "how-it-was-made when",
        "modular addition": "modular-addition",
        "perceptron": "how-it-was-made construction ones-and-zeros",
        "MLP": "modular-addition how-it-was-made construction ones-and-zeros",
        "sine": "stars five-neurons",
        "periodic": "modular-addition stars smooth",
        "frequencies": "stars modular-addition",
        "constructive interference": "stars",
        "Fourier": "stars",
        "DFT": "stars",
        "large models": "larger-model",
        "generalise": "when modular-addition how-it-was-made",
        "loss function": "how-it-was-made smooth",
    },
}
FIELD = {
    "zh": {
        "临界数据量": "when",
        "正则化": "ones-and-zeros when open-questions",
        "L1": "ones-and-zeros",
        "随机种子": "modular-addition stars five-neurons ones-and-zeros",
        "初始化": "modular-addition stars five-neurons ones-and-zeros",
        "学习率": "how-it-was-made ones-and-zeros",
        "优化器": "how-it-was-made",
        "交叉熵": "how-it-was-made",
        "激活函数": "construction try-others",
        "relu": "construction",
        "偏置": "ones-and-zeros",
        "logit": "stars modular-addition smooth construction",
        "嵌入": "modular-addition open-questions",
        "权重共享": "open-questions",
        "测试集": "modular-addition how-it-was-made ones-and-zeros smooth other-roads",
        "训练数据": "modular-addition how-it-was-made ones-and-zeros when",
        "数据量": "when",
        "电路": "ones-and-zeros how-it-was-made",
        "稀疏": "ones-and-zeros how-it-was-made",
        "可解释性": "how-it-was-made",
        "受限损失": "smooth",
        "基尼系数": "smooth",
        "范数": "smooth how-it-was-made",
        "涌现": "smooth",
        "相变": "when",
        "双重下降": "open-questions",
        "遗忘": "open-questions",
        "消融": "stars",
        "披萨": "larger-model",
        "语言模型": "larger-model",
        "注意力": "larger-model",
        "注意力头": "larger-model",
        "词嵌入": "modular-addition open-questions larger-model",
        "距离无关度": "larger-model",
        "离散对数": "try-others",
        "减法": "try-others",
        "浮点": "how-it-was-made open-questions when",
        "Nanda": "smooth how-it-was-made construction",
        "证明": "construction",
        "模型大小": "when",
        "欠拟合": "when",
        "核方法": "other-roads",
        "核机器": "other-roads",
        "AGOP": "other-roads",
        "特征学习": "other-roads",
        "循环矩阵": "other-roads",
        "惰性": "other-roads",
        "子网络": "other-roads ones-and-zeros",
        "训练步": "how-it-was-made modular-addition smooth",
    },
    "en": {
        "critical dataset size": "when",
        "regularization": "ones-and-zeros when open-questions",
        "L1": "ones-and-zeros",
        "random seed": "hurry-up larger-model modular-addition stars five-neurons ones-and-zeros",
        "initialization": "modular-addition stars five-neurons ones-and-zeros when hurry-up",
        "learning rate": "how-it-was-made ones-and-zeros",
        "optimizer": "how-it-was-made",
        "cross entropy": "how-it-was-made",
        "activation function": "construction try-others",
        "relu": "construction",
        "bias": "ones-and-zeros",
        "logits": "stars modular-addition smooth construction",
        "embedding": "modular-addition open-questions",
        "weight tying": "open-questions",
        "test set": "modular-addition how-it-was-made ones-and-zeros smooth",
        "training data": "modular-addition how-it-was-made ones-and-zeros when",
        "dataset size": "when",
        "circuit": "ones-and-zeros how-it-was-made",
        "sparsity": "ones-and-zeros how-it-was-made",
        "mechanistic interpretability": "how-it-was-made smooth",
        "restricted loss": "smooth",
        "Gini coefficient": "smooth",
        "norm": "smooth how-it-was-made",
        "emergence": "smooth",
        "phase transition": "when",
        "double descent": "open-questions",
        "forgetting": "open-questions",
        "ablation": "stars",
        "pizza": "larger-model",
        "transformer": "larger-model",
        "LLM": "larger-model",
        "attention head": "larger-model",
        "self-attention": "larger-model",
        "distance irrelevance": "larger-model",
        "discrete logarithm": "try-others",
        "subtraction": "try-others",
        "floating point": "how-it-was-made open-questions when",
        "Nanda": "smooth how-it-was-made construction",
        "proof": "construction",
        "model size": "when",
        "underfitting": "when",
        "kernel": "other-roads",
        "kernel method": "other-roads",
        "AGOP": "other-roads",
        "feature learning": "other-roads",
        "circulant": "other-roads",
        "lazy": "other-roads",
        "subnetwork": "other-roads ones-and-zeros",
        "epoch": "how-it-was-made modular-addition smooth",
    },
}
WORDS = {language: REPORT[language] | FIELD[language] for language in ("en", "zh")}

_SEARCH = """({ indexes, queries }) => {
  grokreel.searchIndex = indexes;
  const { search, snippet } = grokreel.search;
  return queries.map(([query, language]) =>
    search(query, [language, language === "en" ? "zh" : "en"]).map(
      ({ language, section, forms, anywhere }) =>
        [language, section[0], section[3], snippet(section[4], forms, anywhere)]));
}"""


@cache
def index(language: str) -> dict[str, Any]:
    script = written("all learned", language)[index_path(language)]
    return json.loads(script.partition(" = ")[2].rstrip(";\n"))


def found(queries: list[tuple[str, str]]) -> list[list[tuple[str, str, str, str]]]:
    """Return for each query and language the sections found: language, path, heading, excerpt."""
    indexes = {language: index(language) for language in WORDS}
    return run_scripts(["search.js"], _SEARCH, {"indexes": indexes, "queries": queries})


@pytest.mark.parametrize("language", WORDS)
def test_a_word_of_the_report_or_the_field_finds_its_section(language: str) -> None:
    assert len(REPORT[language]) >= 20 and len(FIELD[language]) >= 30
    folder = "" if language == "en" else f"{language}/"
    results = found([(word, language) for word in WORDS[language]])
    missed: dict[str, list[tuple[str, ...]]] = {}
    for (word, pages), sections in zip(WORDS[language].items(), results, strict=True):
        expected = {f"{folder}{page}.html" for page in pages.split()}
        first = [section[1] for section in sections[:3]]
        if not expected & {*first}:
            missed[word] = [section[1:3] for section in sections[:3]]
    assert missed == {}
