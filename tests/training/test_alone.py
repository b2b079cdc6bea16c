"""A network of the article trains to the same bits alone, as in a hunt, and in its shard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gen.networks.embedded import Embedded
from gen.networks.perceptron import Perceptron
from gen.training.loop import train
from tests.support.article import article_config

MODELS = {
    name: model
    for name, model in article_config().models.items()
    if isinstance(model.network, Embedded | Perceptron)
    and any(len(shard.seeds) > 1 for _, shard in model.shards)
}
STEPS = 12


@pytest.mark.parametrize("name", MODELS)
def test_a_network_of_the_article_has_the_same_bits_alone_and_in_its_shard(name: str) -> None:
    _, shard = max(MODELS[name].shards, key=lambda each: len(each[1].seeds))
    shard = replace(shard, training=shard.training.shortened(STEPS, log_every=STEPS))
    learned = train(shard).parameters
    last = replace(shard, seeds=shard.seeds[-1:], optimisers=shard.optimisers[-1:])
    for part, alone in train(last).parameters.items():
        np.testing.assert_array_equal(learned[part][-1], alone[0], err_msg=part)
