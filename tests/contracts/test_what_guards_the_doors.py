"""What the template says of who is asked before a door answers, and of whom a door may wait for."""

from typing import Any

from contracts.deployment import functions, resources, template, variables

QUICK = 4  # seconds that a neighbour is waited for, so that an acknowledgement comes within five


def test_no_answer_about_a_token_is_kept_by_the_gateway() -> None:
    """AS-06: each door reads the token of each call itself; no authorizer keeps a yes that could outlive it."""
    said = {word for kind in template()["Resources"].values() for word in _words(kind)}
    assert not {word for word in said if "authorizer" in word.lower()}
    assert "Auth" not in resources("AWS::Serverless::HttpApi")["Api"]


def test_the_door_of_webhooks_can_ask_nobody_but_the_database_before_it_answers() -> None:
    """WH-11: it has no key to the provider and no state machine; what is left to do goes through the stored event."""
    told = variables(functions()["ReplicateWebhook"])
    of_all: set[str] = set.intersection(*(set(variables(it)) for it in functions().values()))
    assert set(told) - of_all == {"PATIENCE_SECONDS", "SUPABASE_SECRET", "WEBHOOK_SECRET", "ATTEMPT_QUEUE"}
    assert not {name for name in of_all if name.endswith(("_SECRET", "_MACHINE"))}
    assert float(told["PATIENCE_SECONDS"]) <= QUICK


def _words(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value} | {word for inner in value.values() for word in _words(inner)}
    if isinstance(value, list):
        return {word for inner in value for word in _words(inner)}
    return {value} if isinstance(value, str) else set()
