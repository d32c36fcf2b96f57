"""Calls that nobody waits for: bounded in tries and age, and what is given up lies where an alarm sees it."""

from typing import Any

from contracts.deployment import MACHINES, functions, resources

ASYNCHRONOUS = {"ScheduleV2", "EventBridgeRule"}


def events(*kinds: str) -> dict[str, list[dict[str, Any]]]:
    """The events of these kinds by function, for each function that has one."""
    found = {
        name: [event["Properties"] for event in it.get("Events", {}).values() if event["Type"] in kinds]
        for name, it in functions().items()
    }
    return {name: these for name, these in found.items() if these}


def test_every_function_that_is_called_so_has_its_bounds() -> None:
    """SF-16: AWS's own are two retries within six hours, and then silence."""
    called = events(*ASYNCHRONOUS)
    assert set(called) == {"Sweep", "ExecutionDied"}
    for name in called:
        bounds = functions()[name]["EventInvokeConfig"]
        assert set(bounds) >= {"MaximumRetryAttempts", "MaximumEventAgeInSeconds"}, name
        assert bounds["MaximumEventAgeInSeconds"] <= 3600, name


def test_an_execution_that_ends_badly_is_told_of() -> None:
    """SF-06: of our own machines, in each way that leaves no state to record it."""
    (rule,) = events("EventBridgeRule")["ExecutionDied"]
    assert rule["Pattern"]["source"] == ["aws.states"]
    assert set(rule["Pattern"]["detail"]["status"]) == {"FAILED", "TIMED_OUT", "ABORTED"}
    assert {it["Ref"] for it in rule["Pattern"]["detail"]["stateMachineArn"]} == set(MACHINES)


def test_what_is_given_up_lies_in_a_queue() -> None:
    """SF-16: by the rule, which could not call, and by the function, which could not do it. A clock ticks again."""
    dead = {"GetAtt": "ExecutionDeadLetters.Arn"}
    (rule,) = events("EventBridgeRule")["ExecutionDied"]
    assert rule["DeadLetterConfig"] == {"Arn": dead}
    assert rule["RetryPolicy"]["MaximumRetryAttempts"] >= 1
    assert functions()["ExecutionDied"]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"] == dead
    (policy,) = resources("AWS::SQS::QueuePolicy").values()
    (allowed,) = policy["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Resource"] == dead
    assert "${AWS::StackName}-" in str(allowed["Condition"])
