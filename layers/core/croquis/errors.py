"""Every error that Croquis raises on purpose, wherever it is defined.

CroquisError
├── Refused                the caller's request cannot be done: HTTP status, stable code, sentence, how to put it right
│   ├── NotSignedIn        401: no token, or one that we do not accept
│   └── BadSignature       401: a webhook or hook that does not prove where it comes from
├── Unavailable            503: the database, the storage or the provider did not answer; the same call may be repeated
│   └── SecretUnusable     503: no signing secret can prove anything: our fault, not the sender's
├── CodedError             a stable code beside its sentence; the class name is what a state machine retries or catches
│   ├── NotStarted         the provider refused clearly: nothing was started, nothing is paid
│   ├── WeightsRefused     what the provider delivered is not the LoRA that we ordered
│   ├── DatasetIncomplete  the trainer did not find all the pictures that were sent
│   ├── StorageTooSmall    the storage would not take the weights, so nothing was ordered
│   ├── FaceNotFound       a repair, before anything is paid: no face can be made out in its picture
│   ├── FaceLargeEnough    the same: enlarging the face gains nothing
│   ├── StepFailed         the run cannot go on
│   └── PhotoRefused       a file that is no photo that we take
├── Throttled              the provider is busy and started nothing: try again later, as a new attempt
├── Paused                 nothing paid is ordered now: the switch, a cap, or no credit at the provider; wait
├── Canceled               its owner canceled the run, or it is over: stop here and undo
├── SigningFailed          a picture could not be given its signed provenance: it is kept without
├── SweepIncomplete        something of what the sweep found resisted; said at its end, when all else is done
├── NotAllowed             an address that we may not fetch
└── TooLarge               a body that is longer than its limit
NotStrictJson              a text from outside that is no JSON, or that two readers could read differently
SettingMissing             a setting that this function needs is not in its environment
WeightsMissing             the networks' weights are not where they should be
Incomplete                 pixels that a picture's header announces are missing; becomes PhotoRefused
TooManyParts               a picture in more pieces than anybody writes; becomes PhotoRefused
"""


class CroquisError(Exception):
    """Root of the tree: nothing else is raised on purpose once a function runs."""


class Refused(CroquisError):
    """The request cannot be done as asked; `sentence` says what is wrong, `hint` how to put it right."""

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
    """A neighbour did not answer, or answered with a fault of its own."""


class CodedError(CroquisError):
    """An error with a stable `code` beside its sentence."""

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
    """The provider refused the order because of its rate limit: no run exists, a later attempt may be made."""


class Paused(CroquisError):
    """Nothing paid is ordered at the moment, and nothing was; the same call may be repeated until it is."""


class StepFailed(CodedError):
    """A state found that the run cannot go on."""


class DatasetIncomplete(CodedError):
    """The trainer learnt from other pictures than the owner was shown: its result is not what was ordered."""


class StorageTooSmall(CodedError):
    """The storage, asked before anything is paid, would not take the weights that a run is expected to give."""


class FaceNotFound(CodedError):
    """No face can be made out in the picture whose face is to be made anew; nothing was ordered."""


class FaceLargeEnough(CodedError):
    """The face that is to be made anew is large already; nothing was ordered."""


class Canceled(CroquisError):
    """The run was canceled by its owner or is already over."""


class SigningFailed(CroquisError):
    """The key that signs pictures, or its certificates, cannot sign; what cannot be signed is kept all the same."""


class TooLarge(CroquisError):
    """The body is longer than its limit; what was read so far must be thrown away."""


class SweepIncomplete(CroquisError):
    """Some of what was found could not be made up for; the next sweep finds it again."""
