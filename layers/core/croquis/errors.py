"""Every error that Croquis raises on purpose, wherever it is defined.

CroquisError
├── Refused                the request cannot be carried out: HTTP status, stable code, sentence, how to put it right
│   ├── NotSignedIn        401: no token, or one that is not accepted
│   └── BadSignature       401: a webhook or hook that does not prove its origin
├── Unavailable            503: the database, the storage or the provider did not answer; the same call may be repeated
│   └── SecretUnusable     503: no signing secret is usable: our fault, not the sender's
├── CodedError             a stable code and a sentence; the class name is what a state machine retries or catches
│   ├── NotStarted         the provider clearly refused: nothing was started, nothing is paid
│   ├── WeightsRefused     what the provider delivered is not the LoRA that we ordered
│   ├── DatasetIncomplete  the trainer did not find all the pictures that were sent
│   ├── StorageTooSmall    the storage would not take the weights, so nothing was ordered
│   ├── FaceNotFound       a repair, before anything is paid: no face can be made out in its picture
│   ├── FaceLargeEnough    likewise: enlarging the face would gain nothing
│   ├── StepFailed         the run cannot go on
│   └── PhotoRefused       a file that is not a photo we accept
├── Throttled              the provider is busy and started nothing: try again later, as a new attempt
├── Paused                 nothing paid is ordered now: the switch, a cap, or no credit at the provider; wait
├── Canceled               its owner canceled the run, or it is over: stop here and undo
├── SigningFailed          a picture could not be signed: it is kept without its provenance
├── SweepIncomplete        the sweep could not repair all it found; raised at its end, when all else is done
├── NotAllowed             an address that must not be fetched
└── TooLarge               a body that is longer than its limit
NotStrictJson              text from outside that is not JSON, or that two readers could read differently
SettingMissing             a setting that this function needs is not in its environment
WeightsMissing             the networks' weights are not where they should be
Incomplete                 pixels announced in a picture's header are missing; becomes PhotoRefused
TooManyParts               a picture in more pieces than any writer makes; becomes PhotoRefused
"""


class CroquisError(Exception):
    """Root of the tree: nothing else is raised on purpose once a function runs."""


class Refused(CroquisError):
    """The request cannot be carried out as asked; `sentence` says what is wrong, `hint` how to correct it."""

    status = 400
    code = "refused"

    def __init__(self, sentence: str, *, hint: str = "", code: str | None = None, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint
        self.code = code or self.code
        self.status = status or self.status


class NotSignedIn(Refused):
    """The Authorization header does not prove a signed-in user."""

    status = 401
    code = "not_signed_in"


class BadSignature(Refused):
    """The message does not prove its sender, or is too old to be trusted."""

    status = 401
    code = "bad_signature"


class Unavailable(CroquisError):
    """A dependency did not answer, or answered with a fault of its own."""


class CodedError(CroquisError):
    """An error with a stable `code` and a sentence."""

    def __init__(self, code: str, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.hint = hint


class WeightsRefused(CodedError):
    """The delivered archive or safetensors file is not what was ordered; nothing of it was kept."""


class NotStarted(CodedError):
    """The provider refused the order with a clear answer: no run exists."""


class Throttled(CroquisError):
    """The provider refused the order because of its rate limit: no run exists, and a later attempt may be made."""


class Paused(CroquisError):
    """Nothing paid is ordered at the moment, and nothing was; repeat the same call until it is."""


class StepFailed(CodedError):
    """A state found that the run cannot go on."""


class DatasetIncomplete(CodedError):
    """The trainer learnt from pictures other than those the owner was shown: the result is not what was ordered."""


class StorageTooSmall(CodedError):
    """The storage, asked before anything is paid, would not take the weights that a run is expected to produce."""


class FaceNotFound(CodedError):
    """No face can be made out in the picture whose face is to be redrawn; nothing was ordered."""


class FaceLargeEnough(CodedError):
    """The face to be redrawn is already large enough; nothing was ordered."""


class Canceled(CroquisError):
    """The run was canceled by its owner or is already over."""


class SigningFailed(CroquisError):
    """The key that signs pictures, or its certificates, cannot sign; what cannot be signed is kept all the same."""


class TooLarge(CroquisError):
    """The body is longer than its limit; what was read so far must be thrown away."""


class SweepIncomplete(CroquisError):
    """Some of what was found could not be repaired; the next sweep finds it again."""
