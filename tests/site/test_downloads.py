"""Downloads of arrays: the snapshots of a run, as many as its pack has."""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
import pytest

from gen.interactive import pack
from gen.site.downloads import snapshot_arrays
from tests.support.line_runs import waves_run


@pytest.mark.parametrize(("most", "snapshots"), [(None, 41), (20, 15)])
def test_a_download_has_the_snapshots_of_the_pack(
    monkeypatch: pytest.MonkeyPatch, most: int | None, snapshots: int
) -> None:
    run = waves_run(snapshots=41)
    if most is not None:
        each = sum(shape.rows * shape.columns for shape in run.shapes.values())
        monkeypatch.setattr(pack, "MOST_NUMBERS", most * each)
    with np.load(BytesIO(snapshot_arrays(run)), allow_pickle=False) as arrays:
        assert arrays["steps"].tolist() == json.loads(pack.pack_of(run))["steps"]
        assert arrays["steps"][-1] == run.snapshot_steps[-1]
        kept = np.isin(run.snapshot_steps, arrays["steps"])
        assert kept.sum() == snapshots
        for name, view in run.views.items():
            assert arrays[name].dtype == np.float32
            np.testing.assert_allclose(arrays[name], view[kept], rtol=2.0**-13)
