"""`python -m infra.deploy deploy STAGE` and `… doctor [STAGE]`; `make deploy` and `make doctor` call it."""

import argparse
import shlex
import sys
from pathlib import Path

from croquis_cli.doctor.examination import examine
from croquis_cli.doctor.findings import Finding, Verdict
from croquis_cli.doctor.patient import REPLICATE
from croquis_cli.errors import CliError
from infra.deploy.answers import ROOT, STAGES, stage_of
from infra.deploy.asking import Asking
from infra.deploy.errors import Stopped
from infra.deploy.guide import Guide
from infra.deploy.sandbox_patient import sandbox
from infra.deploy.stack import Sam

BUILT = ROOT / ".aws-sam/build/template.yaml"


def main() -> None:
    """Exit code 0 only when all is well."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("task", choices=["deploy", "doctor"])
    parser.add_argument(
        "stage", nargs="?", default="", help="dev, staging or prod; doctor without one: the sandbox here"
    )
    parser.add_argument("--answers", type=Path, help="instead of infra/stages/STAGE.toml")
    parser.add_argument("--secrets", type=Path, help="a folder with one file for each secret")
    parser.add_argument("--sam", default="sam", help="how SAM's command line is started")
    parser.add_argument("--template", type=Path, default=BUILT, help="as `sam build` made it")
    parser.add_argument("--replicate", default=REPLICATE, help="another address of Replicate's API")
    options = parser.parse_args()
    try:
        _guided(options)
    except (Stopped, CliError) as error:
        sys.exit(f"error: {error}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nstopped: the same command goes on from here")


def _guided(options: argparse.Namespace) -> None:
    if options.task == "doctor" and not options.stage:
        _report([*map(_shown, examine(sandbox()))])
        return
    stage = stage_of(options.stage)
    path = options.answers or STAGES / f"{stage}.toml"
    sam = Sam(shlex.split(options.sam), options.template)
    guide = Guide(stage, path, Asking(options.secrets), sam, options.replicate)
    if options.task == "deploy":
        guide.deploy()
    else:
        _report(guide.examine())


def _shown(finding: Finding) -> Finding:
    print(f"{finding.verdict:>13}  {finding.check}: {finding.sentence}", flush=True)
    return finding


def _report(found: list[Finding]) -> None:
    if bad := [it.check for it in found if it.verdict is Verdict.WRONG]:
        raise Stopped(f"Something is wrong: {', '.join(bad)}. Each line above says what to do.")
    print("Nothing is wrong.")


if __name__ == "__main__":
    main()
