"""One request and its answer: what may be sent again is, and whatever goes wrong is told in a sentence."""

import ssl
import time
from typing import Any, NoReturn, cast

import httpx

from croquis_cli import VERSION
from croquis_cli.errors import Failed, Refused, Unreachable

View = dict[str, Any]

TIMEOUT = httpx.Timeout(60, connect=10)
PAUSES = (0.5, 1.5)  # before the second and the third time
PASSING = (429, 502, 503, 504)
PATIENCE = 5  # seconds that an answer may ask us to wait


def client(base_url: str = "") -> httpx.Client:
    """It follows no redirects: what is sent to one address goes to no other."""
    return httpx.Client(base_url=base_url, timeout=TIMEOUT, headers={"User-Agent": f"croquis-cli/{VERSION}"})


def send(http: httpx.Client, method: str, url: str, *, again: bool, **given: Any) -> httpx.Response:
    """Any answer; Unreachable if there is none. `again`: it may be sent twice, and is while that may help."""
    pauses = list(PAUSES if again else ())
    while True:
        try:
            answer = http.request(method, url, **given)
            if answer.status_code not in PASSING or not pauses or _asked_to_wait(answer) > PATIENCE:
                return answer
            time.sleep(max(pauses.pop(0), _asked_to_wait(answer)))
        except httpx.RequestError as error:
            if not pauses:
                raise unreachable(error, http, url) from None
            time.sleep(pauses.pop(0))


def document_of(answer: httpx.Response, what: str) -> Any:
    """The JSON of an answer; `what` names who answers if it is none."""
    try:
        return answer.json() if answer.content else {}
    except ValueError:
        raise Failed(f"{what} answered something that is not JSON.", "Is the address right?") from None


def problem_of(answer: httpx.Response) -> View | None:
    """The body of a refusal, if it is a JSON object."""
    try:
        document: Any = answer.json()
    except ValueError:
        return None
    return cast("View", document) if isinstance(document, dict) else None


def refuse(answer: httpx.Response, what: str) -> NoReturn:
    """What an answer that is no success means: Refused with its reason, or Unreachable where nobody is there."""
    problem = problem_of(answer) or {}
    if "detail" in problem and "code" in problem:
        known = {name: problem[name] for name in ("code", "request_id", "fields") if problem.get(name)}
        sentence, hint = str(problem["detail"]), str(problem.get("hint") or "")
        if answer.status_code >= 500:  # an accident is no answer: the order may have been taken
            raise Unreachable(sentence, hint, **known)
        raise Refused(sentence, hint, status=answer.status_code, **known)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Unreachable(f"{what} cannot answer just now ({answer.status_code}).", "Try again in a moment.")
    said = next((str(problem[it]) for it in ("msg", "message", "error_description") if problem.get(it)), "")
    sentence = f"{what} refused: {said}" if said else f"{what} refused ({answer.status_code})."
    raise Refused(sentence, str(problem.get("hint") or ""), status=answer.status_code)


def _asked_to_wait(answer: httpx.Response) -> float:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else 0.0


def unreachable(error: httpx.RequestError, http: httpx.Client, url: str) -> Unreachable:
    """What it means that nobody answered, in a sentence that names the host and nothing of the link."""
    host = http.base_url.join(url).netloc.decode()
    if isinstance(error, httpx.TimeoutException):
        return Unreachable(f"{host} did not answer in time.", "Try again; is the network slow?")
    if isinstance(error.__context__, ssl.SSLError) or "CERTIFICATE" in str(error):
        return Unreachable(f"{host} has a certificate that is not trusted.", "Set SSL_CERT_FILE if it is your own.")
    return Unreachable(f"{host} cannot be reached.", "Is there a network, and is Croquis running?")
