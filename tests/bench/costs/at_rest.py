"""What the stack costs a month when nobody trains: counted in template.yaml and infra/alarms.yaml."""

from collections.abc import Mapping, Sequence

from contracts.deployment import resources

from bench.costs.prices import PRICES
from bench.costs.recording import Call
from bench.costs.usage import usage
from sandbox.aws.stack import Stack

MONTH_SECONDS, HOUR_SECONDS = 30 * 24 * 3600, 3600
POLLERS, POLL_SECONDS = 5, 20  # with which Lambda looks into a queue: so many at once, each so long
OF_WORK = ("PaidUsd", "RunsReviewed", "ImagesSaved", "WebhookAnswers")  # metrics of work that goes well
ALARMS = "infra/alarms.yaml"


def at_rest(stack: Stack, sweeps: Sequence[tuple[float, Sequence[Call]]]) -> Mapping[str, float]:
    """Dollars a month, by what they are for, without free tiers; the metrics of work as if there always were some."""
    queues = len(stack.consumers) * POLLERS * MONTH_SECONDS / POLL_SECONDS * PRICES.queue_request
    return {
        "alarms": alarm_metrics() * PRICES.alarm_metric_month,
        "dashboard": len(resources("AWS::CloudWatch::Dashboard", ALARMS)) * PRICES.dashboard_month,
        "secrets": len(stack.secrets) * PRICES.secret_month,
        "metrics": _metric_months(stack) * PRICES.metric_month,
        "queues": queues,
        "schedules": sum(
            MONTH_SECONDS / every * (usage(stack, calls).total + PRICES.schedule_call) for every, calls in sweeps
        ),
    }


def alarm_metrics() -> int:
    """An alarm over an expression costs as many as the expression is made of."""
    alarms = resources("AWS::CloudWatch::Alarm", ALARMS).values()
    return sum(sum("MetricStat" in it for it in alarm["Metrics"]) if "Metrics" in alarm else 1 for alarm in alarms)


def _metric_months(stack: Stack) -> float:
    """Each sweep but that for uploads tells that it ended; a metric is paid for the hours in which it was told."""
    telling = [it.seconds for it in stack.schedules if it.event.get("only") != "uploads"]
    return len(OF_WORK) + sum(min(1.0, HOUR_SECONDS / every) for every in telling)
