"""The trainer's log, read for the progress display."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.adapters.replicate.trainer_log import TAIL_CHARACTERS, images_found, progress_of
from croquis.ports.provider import Progress

REAL = "flux_train_replicate:  83%|████████▎ | 2482/3000 [43:27<09:04,  1.05s/it, lr: 4.0e-04 loss: 2.472e-01]"
FIRST = "flux_train_replicate:   0%|          | 0/1000 [00:00<?, ?it/s]"
LATENTS = "Caching latents: 100%|██████████| 12/12 [00:03<00:00,  3.80it/s]"


def bar(step: int, total: int = 1000, eta: str = "09:04", loss: str = "2.472e-01") -> str:
    return f"flux_train_replicate:  10%|█  | {step}/{total} [00:27<{eta},  1.05s/it, lr: 4.0e-04 loss: {loss}]"


def test_a_real_line_is_read() -> None:
    assert progress_of(f"Loading t5\n{REAL}\n") == Progress(2482, 3000, 0.2472, 544)


def test_the_first_bar_has_no_loss_and_no_end() -> None:
    assert progress_of(FIRST) == Progress(0, 1000, None, None)


def test_the_last_complete_bar_counts() -> None:
    log = "\n".join([bar(1), bar(2), bar(3)[:-20]])
    assert progress_of(log) == Progress(2, 1000, 0.2472, 544)


def test_the_data_set_s_own_bar_is_not_the_training_s() -> None:
    assert progress_of(LATENTS) is None


def test_what_is_saved_after_the_last_step_hides_nothing() -> None:
    log = "\n".join([bar(999), "Saved to output/flux_train_replicate/optimizer.pt", "output/flux_train_replicate/"])
    assert progress_of(log) == Progress(999, 1000, 0.2472, 544)


@pytest.mark.parametrize("loss", ["nan", "inf", "-inf", "1e999", "oops"])
def test_a_loss_that_is_no_number_is_not_shown(loss: str) -> None:
    assert progress_of(bar(7, loss=loss)) == Progress(7, 1000, None, 544)


@pytest.mark.parametrize(("eta", "seconds"), [("1:02:03", 3723), ("00:00", 0), ("?", None), (":::", None), ("7", None)])
def test_the_time_left_is_read_in_both_spellings(eta: str, seconds: int | None) -> None:
    assert progress_of(bar(7, eta=eta)) == Progress(7, 1000, 0.2472, seconds)


@pytest.mark.parametrize("log", ["", "Loading t5", bar(7, total=0), bar(1001), bar(7).replace("%", "")])
def test_without_a_believable_bar_there_is_no_progress(log: str) -> None:
    assert progress_of(log) is None


def test_only_the_log_s_end_is_looked_at() -> None:
    """WH-19: a log of 1.4 MB costs no more than a short one."""
    assert progress_of(bar(7) + "\n" * TAIL_CHARACTERS) is None
    assert progress_of("x\n" * 700_000 + bar(8)) == Progress(8, 1000, 0.2472, 544)


def test_the_trainer_says_how_many_pictures_it_found() -> None:
    assert images_found("Dataset: input_images\n  -  Found 12 images\nBucket sizes") == 12
    assert images_found("Dataset: input_images") is None


@given(st.text() | st.text("flux_train_replicate: %|/[]<,?0123456789slossr\n", max_size=200))
def test_no_log_whatever_breaks_the_reader(log: str) -> None:
    found = progress_of(log)
    assert found is None or found.step <= found.total
    images_found(log)
