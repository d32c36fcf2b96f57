"""The trainer's log, read for the progress display, and what of it may be kept."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from croquis.adapters.replicate.trainer_log import TAIL_CHARACTERS, images_found, progress_of, trainer_log_of
from croquis.ports.provider import Progress

REAL = "flux_train_replicate:  83%|████████▎ | 2482/3000 [43:27<09:04,  1.05s/it, lr: 4.0e-04 loss: 2.472e-01]"
FIRST = "flux_train_replicate:   0%|          | 0/1000 [00:00<?, ?it/s]"
LATENTS = "Caching latents: 100%|██████████| 12/12 [00:03<00:00,  3.80it/s]"


def bar(step: int, total: int = 1000, eta: str = "09:04", loss: str = "2.472e-01") -> str:
    return f"flux_train_replicate:  10%|█  | {step}/{total} [00:27<{eta},  1.05s/it, lr: 4.0e-04 loss: {loss}]"


def test_a_real_line_is_read() -> None:
    assert progress_of(f"Loading t5\n{REAL}\n") == Progress(2482, 3000, 0.2472, 544)


@pytest.mark.parametrize(
    "values",
    [
        "lr: 4.0e-04 loss: 2.472e-01 grad_norm: 1.250e+00",
        "epoch: 3 ema_loss: 9.000e-01 lr: 4.0e-04, loss: 2.472e-01, it: 7",
        "loss=2.472e-01, lr=4.0e-04",
    ],
)
def test_a_bar_with_more_values_than_two_still_moves_the_progress(values: str) -> None:
    line = f"flux_train_replicate:  10%|█  | 7/1000 [00:27<09:04,  1.05s/it, {values}]"
    assert progress_of(line) == Progress(7, 1000, 0.2472, 544)


def test_a_bar_with_values_of_other_names_moves_it_too() -> None:
    assert progress_of(bar(7).replace("loss", "error")) == Progress(7, 1000, None, 544)


def test_the_first_bar_has_no_loss_and_no_end() -> None:
    assert progress_of(FIRST) == Progress(0, 1000, None, None)


def test_the_last_complete_bar_counts() -> None:
    log = "\n".join([bar(1), bar(2), bar(3)[:-20]])
    assert progress_of(log) == Progress(2, 1000, 0.2472, 544)


def test_the_data_set_s_own_bar_is_not_the_training_s() -> None:
    assert progress_of(LATENTS) is None


def test_what_is_saved_after_the_last_step_hides_nothing() -> None:
    log = "\n".join([bar(999), "Saved to output/flux_train_replicate/optimizer.pt", "output/flux_train_replicate/"])
    assert progress_of(log) == Progress(999, 1000, 0.2472, 0)


@pytest.mark.parametrize("loss", ["nan", "inf", "-inf", "1e999", "oops"])
def test_a_loss_that_is_no_number_is_not_shown(loss: str) -> None:
    assert progress_of(bar(7, loss=loss)) == Progress(7, 1000, None, 544)


@pytest.mark.parametrize(("eta", "seconds"), [("1:02:03", 3723), ("00:00", 0), ("?", None), (":::", None), ("7", None)])
def test_the_time_left_is_read_in_both_spellings(eta: str, seconds: int | None) -> None:
    assert progress_of(bar(7, eta=eta)) == Progress(7, 1000, 0.2472, seconds)


def test_after_a_while_the_time_left_is_that_of_the_mean_step() -> None:
    """The bar's guess follows the last steps: one that stalled makes hours of it."""
    stalled = bar(250, eta="9:59:59").replace("[00:27<", "[05:00<")
    assert progress_of(stalled) == Progress(250, 1000, 0.2472, 900)
    assert progress_of(stalled.replace("250/", "49/")) == Progress(49, 1000, 0.2472, 35_999)


def test_no_bar_tells_more_seconds_than_a_column_holds() -> None:
    endless = bar(50, total=999_999_999).replace("[00:27<", "[9999:59:59<")
    assert progress_of(endless) == Progress(50, 999_999_999, 0.2472, 9_999 * 3_600)


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


def test_the_loss_of_a_long_training_has_at_most_500_points_and_a_longer_log_only_adds_some() -> None:
    """WH-19."""
    bars = [bar(step, total=3000, loss=f"{step + 1}e-04") for step in range(3000)]
    whole, half = trainer_log_of("\n".join(bars)).points, trainer_log_of("\n".join(bars[:1500])).points
    assert 400 <= len(whole) <= 500
    assert whole[: len(half)] == half
    assert all(loss == pytest.approx((step + 1) / 10_000) for step, loss in whole)


def test_a_point_is_the_loss_that_a_step_s_first_bar_says_and_never_changes() -> None:
    """Its second bar has the loss of the next step already."""
    first = bar(0, total=20).partition(", lr")[0] + "]"
    said = [(0, "0.5"), (1, "0.4"), (1, "0.3"), (2, "nan"), (2, "0.2")]
    bars = [first, *(bar(step, total=20, loss=loss) for step, loss in said)]
    points = [trainer_log_of("\n".join(bars[: many + 1])).points for many in range(len(bars))]
    assert points[-1] == ((0, 0.5), (1, 0.4))
    assert all(later[: len(earlier)] == earlier for earlier, later in pairwise(points))


def test_lines_are_counted_without_bars_and_the_same_line_has_always_the_same_number() -> None:
    log = f"one\n\ntwo\r{LATENTS}\n{bar(1)}\nGenerating Images: 0it [00:00, ?it/s]\nthree"
    assert (trainer_log_of(log).last_line, trainer_log_of(log).lines) == (3, ("one", "two", "three"))
    assert trainer_log_of(f"{log}\n{bar(2)}\nfour").lines == ("one", "two", "three", "four")


def test_of_a_long_log_the_end_is_kept_in_less_than_64_kb() -> None:
    log = trainer_log_of("\n".join(f"line {number} é" for number in range(100_000)))
    assert log.last_line == 100_000
    assert log.lines[-1] == "line 99999 é"
    assert 50_000 < len("\n".join(log.lines).encode()) <= 60_000


LINK = "https://abcd.supabase.co/storage/v1/object/sign/datasets/me/zip"
TOKEN = "eyJh" + "bGciOiJIUzI1NiJ9.eyJ1cmwiOiJkYXRhc2V0cyJ9.c2lnbmF0dXJl"  # made up, and no token to a search for one
SECRETS = ("supersecret", "maya", "chen", "eyJ", "c2lnbmF0dXJl", "standing", "r8_", "whsec_", "aB3dE5fG7hJ9kL1mN3pQ5")


@pytest.mark.parametrize(
    "line",
    [
        f"Downloading {LINK}?token={TOKEN}&download=maya.zip done",
        f"url={LINK}/maya.zip",
        f'"input_images": "{LINK}?token={TOKEN}",',
        "fetching ftp://maya:supersecret@host.example/x and s3://bucket/maya",
        "GET /object/sign/x?token=supersecret&b=1 HTTP/1.1",
        "Authorization: Bearer supersecret",
        "HTTP header authorization=Basic supersecret",
        "REPLICATE_API_TOKEN=supersecret",
        "using r8_supersecret",
        "using whsec_supersecret",
        f"jwt {TOKEN}",
        "key aB3dE5fG7hJ9kL1mN3pQ5rS7tU9",
        "mail from maya.chen@example.com to nobody",
        "Caption for input_images/01.jpg: a photo of maya chen, standing",
        '"prompts": ["a photo of maya, standing"],',
        '"a photo of maya, standing",',
        '"standing",',
        "prompt: maya standing",
        "--- 'maya is standing here' ---",
        '"trigger_word": "maya",',
        '"name": "maya",',
        "password = supersecret",
        f"{'x' * 1480} maya-supersecret-{'aB3dE5fG7hJ9' * 900}",
    ],
)
def test_nothing_secret_and_nothing_about_the_person_is_kept(line: str) -> None:
    """WH-24: signed links, tokens, query strings, e-mail addresses, captions and prompts."""
    log = trainer_log_of(f"before\n{line}\nafter")
    assert (log.last_line, log.lines[0], log.lines[-1]) == (3, "before", "after")
    assert [it for it in SECRETS if it.lower() in log.lines[1].lower()] == [], log.lines[1]


def test_what_is_of_use_is_kept_as_it_is() -> None:
    lines = (
        "2024-09-10T05:10:35Z | INFO  | [ Initiating ] chunk_size=150M dest=. ",
        "Downloaded base weights in 26.606263875961304 seconds",
        "Extracted 24 files from zip to input_images",
        "# Running job: flux_train_replicate",
        "create LoRA network. base dim (rank): 16, alpha: 16",
        "-  Found 12 images",
        "832x1216: 12 files",
        "Saved to output/flux_train_replicate/optimizer.pt",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
    )
    assert trainer_log_of("\n".join(lines)).lines == lines


def test_of_a_link_the_host_is_kept() -> None:
    assert trainer_log_of(f"url={LINK}?token=x").lines == ("url=https://abcd.supabase.co/[…]",)


@given(st.text() | st.text("captions for prompt:='\"@?[]/\\x00\\ud800\n\r", max_size=300))
def test_whatever_was_printed_can_be_stored(log: str) -> None:
    found = trainer_log_of(log)
    for line in found.lines:
        assert "\x00" not in line
        line.encode()
    assert len(found.lines) <= found.last_line


def test_half_a_pair_and_a_null_character_can_be_stored() -> None:
    assert trainer_log_of("a\ud800b\x00c").lines == ("a b c",)
