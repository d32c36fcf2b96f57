"""Which codes can each route answer? The one table of it: infra/openapi.json is made from it, and tests hold it true.

What the database refuses is read from its functions, with all that they call; what Python refuses is listed here.
"""

import re
from functools import cache

from contracts.deployment import ROOT

Refusal = tuple[int, str]  # HTTP status and code

MIGRATIONS = ROOT / "infra/supabase/migrations"
SAID_IN_SQL = re.compile(r"\((\d{3}), '(\w+)',")  # given to croquis.refuse(), or made to a croquis.refusal
ANY_ROUTE = {(500, "internal"), (503, "unavailable")}
SIGNED_IN = {(401, "not_signed_in"), (401, "token_expired"), (403, "not_allowed")}
RAW_BODY = {(400, "bad_body"), (413, "body_too_large")}
JSON_BODY = RAW_BODY | {(400, "bad_json"), (415, "unsupported_media_type")}
FIELDS_IN_BODY = {(400, "unknown_field"), (422, "invalid_request"), (422, "bad_value")}
PARAMETERS = {(422, "invalid_request")}
ID_IN_PATH = {(404, "not_found")}
# what the schema of the body refuses before the database is asked, which checks again for whoever calls it directly
REFUSED_BEFORE = {
    "bad_budget", "bad_category", "bad_column", "bad_count", "bad_days", "bad_decision", "bad_gender", "bad_grid",
    "bad_model_name", "bad_name", "bad_prompt", "bad_request", "bad_scope", "bad_selection", "bad_slot", "bad_words",
    "declaration_alone", "nothing_to_change", "out_of_range", "too_long", "too_many_bytes", "type_not_allowed",
    "unknown_parameter",
}  # fmt: skip

# by operation: the functions of the database that it changes things with, and what Python says besides
CHANGES: dict[str, str] = {
    "addGarment": "add_garment",
    "addLook": "add_look",
    "addPhoto": "add_photo",
    "bringPicture": "announce_provenance",
    "cancelLookBook": "cancel_look_book",
    "cancelTraining": "cancel_training",
    "changeGarment": "change_garment",
    "changeImage": "change_image",
    "changeLook": "change_look",
    "changeModel": "change_model",
    "changePhoto": "change_photo",
    "decideShownImage": "decide_shown_image",
    "eraseAccount": "order_erasure",
    "eraseModel": "order_erasure",
    "eraseTraining": "order_erasure",
    "listConsentLinks": "good_consent_links",
    "orderDownload": "order_download",
    "orderExport": "order_export",
    "orderTryOn": "try_on",
    "orderQuickTryOn": "try_on",
    "openConsentLink": "open_consent_link",
    "openTraining": "open_training",
    "orderImages": "order_generations",
    "orderLookBook": "order_look_book",
    "pauseLookBook": "pause_look_book",
    "repairImage": "order_repair",
    "repeatImage": "order_generations",
    "removeGarment": "remove_garment",
    "removeImage": "remove_image",
    "removeLook": "remove_look",
    "removePhoto": "remove_photo",
    "readShown": "shown_person",
    "renewConsent": "renew_consent",
    "resumeLookBook": "resume_look_book",
    "restoreRun": "restore_run",
    "reviewTraining": "review_training",
    "revokeConsentLink": "revoke_consent_link",
    "submitTraining": "submit_training",
    "withdrawConsent": "withdraw_consent",
    "withdrawShown": "withdraw_shown",
}
SAID: dict[str, set[Refusal]] = {
    "askProvenance": {(404, "no_such_upload"), (404, "no_such_object")},
    "eraseAccount": {(422, "not_confirmed")},
    "eraseModel": {(422, "not_confirmed")},
    "eraseTraining": {(422, "not_confirmed")},
    "readErasure": {(404, "no_such_erasure")},
    "readDownload": {(404, "no_such_download")},
    "readDataset": {(404, "no_such_training")},
    "addLook": {(404, "no_such_look")},
    "changeLook": {(404, "no_such_look")},
    "readGarment": {(404, "no_such_garment")},
    "readLook": {(404, "no_such_look")},
    "readLookBook": {(404, "no_such_look_book")},
    "readImageOrder": {(404, "no_such_order")},
    "listImages": {(404, "no_such_model")},
    "readModel": {(404, "no_such_model")},
    "readWeights": {(404, "no_such_model"), (409, "model_not_active")},
    "readTraining": {(404, "no_such_training")},
    "repeatImage": {
        (404, "no_such_image"),
        (409, "not_repeatable"),
        (409, "refused_by_shown_person"),
        (422, "made_from_a_prompt"),
    },
    "readTrainingLog": {(404, "no_such_training")},
    "receiveReplicateWebhook": RAW_BODY
    | {(400, "bad_event"), (401, "bad_signature"), (401, "stale_signature"), (404, "unknown_marker")},
    "receiveStorageHook": RAW_BODY | {(400, "bad_event"), (401, "bad_signature")},
}
OF_NO_OPERATION = {(404, "not_found"), (405, "method_not_allowed")}


def refusals(
    operation: str, *, signed_in: bool, by_person: bool, method: str, path: str, fields: bool, parameters: bool
) -> set[Refusal]:
    """Every problem that the operation may answer."""
    found = ANY_ROUTE | SAID.get(operation, set())
    if operation in CHANGES:
        found |= {it for it in of_database(CHANGES[operation]) if it[1] not in REFUSED_BEFORE}
    if signed_in:
        found |= SIGNED_IN
    if by_person:
        found |= ID_IN_PATH if "{" in path else set()
        found |= JSON_BODY if method in ("post", "patch") else set()
        found |= FIELDS_IN_BODY if fields else set()
        found |= PARAMETERS if parameters else set()
    return found


@cache
def of_database(function: str) -> frozenset[Refusal]:
    """What a function may refuse with, and the functions that it calls."""
    body = _functions()[function]
    own = {(int(status), code) for status, code in SAID_IN_SQL.findall(body)}
    called = {name for name in re.findall(r"\b(?:croquis|public)\.(\w+)\(", body) if name in _functions()}
    return frozenset(own.union(*(of_database(name) for name in called - {function, "refuse"})))


@cache
def _functions() -> dict[str, str]:
    source = "\n".join(path.read_text() for path in sorted(MIGRATIONS.glob("*.sql")))
    found = re.split(r"\ncreate (?:or replace )?function (?:croquis|public)\.(\w+)\(", source)
    return dict(zip(found[1::2], found[2::2], strict=True))
