"""The lines of a trainer's log that may be kept and shown: no progress bars, and nothing secret or personal in them.

What is found by its form goes here: links, tokens, query strings, e-mail addresses, captions and prompts. Names are
known to the database alone, which takes their lines out when it stores the log (WH-24).
"""

import re

MOST_BYTES = 60_000  # of all lines together, with their ends
MOST_CHARACTERS = 500  # of a line
MOST_READ = 1_500  # of a line: what is longer is no sentence of the trainer
GONE = "[…]"

_END = re.compile(r"[\r\n]+")
_BAR = re.compile(r"\d%\||\d+it \[")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_RULES = [
    (re.compile(rule), instead)
    for rule, instead in (
        (r"(?i)^(\s*captions? for [^:]*:).*", rf"\1 {GONE}"),
        (r"(?i)(prompts?|captions?)\b(['\"]?\s*[:=]).*", rf"\1\2 {GONE}"),
        (r"(?i)\b([a-z][a-z0-9+.-]*://)(?:[^\s/@]*@)?([a-z0-9.-]+(?::\d+)?)\S*", rf"\1\2/{GONE}"),
        (r"(?i)\bdata:\S+", GONE),
        (r"\S*@\S+", GONE),
        (r"\?[^\s?=]+=\S*", f"?{GONE}"),
        (r"(?i)\b(bearer|basic)\s+\S+", rf"\1 {GONE}"),
        (r"(?i)(token|secret|password|passwd|signature|authorization|api_?key|trigger_word|name)(['\"]?\s*[:=]\s*).*",
         rf"\1\2{GONE}"),
        (r"\beyJ[\w.=-]+", GONE),
        (r"\b(?:r8|hf|sk|sb|gh[a-z]|xox[a-z]|whsec)[_-][\w-]+", GONE),
        # what looks drawn at random: long, in one piece, with digits in it
        (r"(?<![\w+=-])(?=[\w+=-]*\d)[\w+=-]{20,}", GONE),
        # a phrase in quotes, and a line that is nothing else: a list of prompts, one in a line
        (r"\"[^\"]*\s[^\"]*\"|(?<!\w)'[^']*\s[^']*'(?!\w)", f'"{GONE}"'),
        (r"^\s*\"[^\"]*\",?\s*$", f'"{GONE}"'),
    )
]  # fmt: skip


def readable_lines(log: str) -> tuple[int, tuple[str, ...]]:
    """How many there are, and the last ones of them, as many as may be kept."""
    lines = [line for line in _END.split(log) if line.strip() and not _BAR.search(line)]
    kept: list[str] = []
    room = MOST_BYTES
    for line in reversed(lines):
        safe = redacted(line)
        room -= len(safe.encode()) + 1
        if room < 0:
            break
        kept.append(safe)
    return len(lines), tuple(reversed(kept))


def redacted(line: str) -> str:
    """The line without what nobody may read in it, and not longer than a line may be."""
    # a word that is cut in two may look harmless, so it goes as a whole
    safe = line if len(line) <= MOST_READ else line[:MOST_READ].rpartition(" ")[0]
    safe = _CONTROL.sub(" ", safe)
    for rule, instead in _RULES:
        safe = rule.sub(instead, safe)
    return safe[:MOST_CHARACTERS]
