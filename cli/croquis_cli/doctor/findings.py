"""What a check found: a name, a verdict, and one sentence that says what is so, or what to do."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Verdict(StrEnum):
    OK = "ok"
    WRONG = "wrong"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Finding:
    """`sentence` may hold addresses and names, and never a key or a secret."""

    check: str
    verdict: Verdict
    sentence: str

    @property
    def document(self) -> dict[str, str]:
        return asdict(self)


def ok(check: str, sentence: str) -> Finding:
    return Finding(check, Verdict.OK, sentence)


def wrong(check: str, sentence: str) -> Finding:
    return Finding(check, Verdict.WRONG, sentence)


def cannot_tell(check: str, sentence: str) -> Finding:
    return Finding(check, Verdict.CANNOT_TELL, sentence)
