"""Ports, pages, faults and whom to train: what cannot be is refused in a sentence before anything starts."""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from sandbox import ROOT
from sandbox.laptop.addresses import Ports
from sandbox.laptop.demo import SAMPLES, Person
from sandbox.laptop.faults import FAULTS, Faults
from sandbox.laptop.serving import ServerError, listen
from sandbox.laptop.settings import LaptopSettings
from sandbox.replicate.settings import TwinFaults

SAID = {"photos": None, "name": "Maya Chen", "gender": "female", "preset": "full", "look_book": ""}


def test_without_a_word_pages_of_the_usual_development_servers_may_call():
    origins = LaptopSettings.of({}).origins.split(",")
    assert {"http://localhost:3000", "http://127.0.0.1:3000", "http://localhost:5173"} < set(origins)


@pytest.mark.parametrize("wrong", ["*", "localhost:3000", "http://localhost:3000/", "http://a b", "javascript:x"])
def test_an_origin_that_is_none_is_named(wrong: str):
    with pytest.raises(ValueError, match="CROQUIS_ALLOWED_ORIGINS has"):
        LaptopSettings.of({"CROQUIS_ALLOWED_ORIGINS": f"http://localhost:3000, {wrong}"})


@pytest.mark.parametrize("part", Ports.__dataclass_fields__)
@pytest.mark.parametrize("wrong", ["0", "65536", "-1", "http", "²"])
def test_a_port_that_is_none_is_named_with_its_variable(part: str, wrong: str):
    with pytest.raises(ValueError, match=f"CROQUIS_{part.upper()}_PORT must be a port number"):
        LaptopSettings.of({f"CROQUIS_{part.upper()}_PORT": wrong})


def test_two_parts_do_not_share_a_port():
    with pytest.raises(ValueError, match="CROQUIS_GATEWAY_PORT and CROQUIS_AWS_PORT are both 9000"):
        LaptopSettings.of({"CROQUIS_AWS_PORT": "9000", "CROQUIS_GATEWAY_PORT": "9000"})


@pytest.mark.parametrize("part", Ports.__dataclass_fields__)
def test_a_taken_port_is_named_with_its_variable(part: str):
    with listen() as taken:
        ports = Ports(**{part: taken.getsockname()[1]})
        with pytest.raises(ServerError, match=f"is taken by another program.*CROQUIS_{part.upper()}_PORT=") as refused:
            ports.must_be_free(*(set(Ports.__dataclass_fields__) - {part}))
    assert str(getattr(ports, part)) in str(refused.value)


def test_an_unknown_fault_is_answered_with_all_that_there_are():
    with pytest.raises(ValueError, match="FAULT=meteor is not known") as refused:
        LaptopSettings.of({"FAULT": "slow_storage,meteor"})
    assert all(name in str(refused.value) for name in FAULTS)


def test_faults_are_those_of_the_stand_ins_and_add_up():
    faults = LaptopSettings.of({"FAULT": "failed_training, expired_session"}).faults
    assert faults.twin() == TwinFaults(training_ends="failed")
    assert faults.gateway() == {"access_token_seconds": 30, "refreshes": False}
    assert len(faults.sentences) == 2
    assert Faults().twin() == TwinFaults()
    for name in FAULTS:  # none is only a name
        alone = Faults((name,))
        assert alone.twin() != TwinFaults() or alone.gateway() or alone.slowed(print) is not print


def person(**changes: object) -> Person:
    return Person.of(argparse.Namespace(**SAID | changes))


def test_the_sample_person_can_be_trained():
    assert len(list(person().folder.glob("*.jpg"))) == 12


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"look_book": "yes"}, "LOOKBOOK=yes is not known. It is 1, or left out"),
        ({"preset": "big"}, "PRESET=big is not known. It is one of: full, compact, identity"),
        ({"gender": "girl"}, "GENDER=girl is not known. It is one of: female, male, non_binary"),
        ({"name": " "}, "NAME is one line of 1 to 80 characters"),
        ({"name": "a\nb"}, "NAME is one line"),
        ({"name": "x" * 81}, "NAME is one line"),
        ({"photos": Path("/nowhere")}, "PHOTOS=/nowhere is no folder"),
        ({"photos": SAMPLES / "01.jpg"}, "is no folder"),
    ],
)
def test_whom_it_cannot_train_it_says_at_once(wrong: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        person(**wrong)


def test_too_few_and_too_large_photos_are_said_at_once(tmp_path: Path):
    for photo in sorted(SAMPLES.glob("*.jpg"))[:5]:
        shutil.copy(photo, tmp_path)
    with pytest.raises(ValueError, match="holds 5 photos"):
        person(photos=tmp_path)
    for photo in sorted(SAMPLES.glob("*.jpg"))[5:]:
        shutil.copy(photo, tmp_path)
    assert person(photos=tmp_path).folder == tmp_path
    os.truncate(tmp_path / "01.jpg", 25_000_001)
    with pytest.raises(ValueError, match=r"01\.jpg has more than 25 MB"):
        person(photos=tmp_path)


HOSTILE = "Zoë O\"Neil's `touch pwned` $(touch pwned) $(shell touch pwned) ${HOME} \\ ;touch pwned"


def make(ready: Path, *arguments: str, **environ: str) -> str:
    """What `make demo` would run, each word in brackets."""
    ready.touch()  # newer than what it is made from, so that nothing is installed
    stand_in = ["PYTHON_M=printf '[%s]'", f"READY={ready}"]
    command = ["make", "-f", str(ROOT / "Makefile"), "--no-print-directory", "demo", *stand_in, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_make_hands_a_name_on_as_it_is_and_nothing_of_it_is_run(tmp_path: Path):
    assert (
        make(tmp_path / "ready", f"NAME={HOSTILE}", "PRESET=compact")
        == f"[sandbox][demo][--name][{HOSTILE}][--preset][compact]"
    )
    assert not (ROOT / "pwned").exists()


def test_a_name_that_the_system_happens_to_have_set_is_not_meant(tmp_path: Path):
    assert make(tmp_path / "ready", NAME="DESKTOP-4711", GENDER="x") == "[sandbox][demo]"
