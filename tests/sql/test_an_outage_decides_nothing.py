"""Record failure after a success that was paid: an outage neither fails the run nor deletes what may become a model."""

from typing import cast

import pytest
from sql.story import Story
from sql.test_second_looks import Studio

from croquis.domain.ids import JobId
from croquis.errors import Unavailable
from croquis.ports import Croquis
from croquis.usecases import runs


@pytest.mark.parametrize("error_name", ["States.Timeout", "Unavailable", "Lambda.Unknown", None])
def test_an_outage_fails_nothing_and_deletes_nothing(story: Story, error_name: str | None) -> None:
    """JB-05, JB-07: the weights may lie complete in our storage already."""
    studio = Studio(story.to("ingesting"))
    with pytest.raises(Unavailable):
        runs.record_failure(cast(Croquis, studio), JobId(story.job), 1, error_name)
    assert (studio.removed, story.status()) == ([], "ingesting")


def test_a_verdict_about_the_weights_does_both(story: Story) -> None:
    studio = Studio(story.to("ingesting"))
    runs.record_failure(cast(Croquis, studio), JobId(story.job), 1, "WeightsRefused")
    assert story.status() == "failed"
    assert sorted(bucket for bucket, _ in studio.removed) == ["datasets", "lora-weights"]
