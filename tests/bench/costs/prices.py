"""What AWS, and Supabase beyond its plan, charge: list prices without free tiers, in dollars.

AWS: us-east-1, aws.amazon.com/<service>/pricing; European regions take up to a fifth more for the API and the logs.
Supabase: supabase.com/pricing, and supabase.com/docs/guides/realtime/limits.
"""

from dataclasses import dataclass

READ_IN, REGION = "November 2026", "us-east-1"
A_MILLION, GB = 1e6, 1e9


@dataclass(frozen=True)
class Prices:
    """Of one unit each, unless the name says otherwise."""

    arm_gb_second: float = 0.0000133334
    x86_gb_second: float = 0.0000166667
    invocation: float = 0.20 / A_MILLION
    api_request: float = 1.00 / A_MILLION  # of HTTP APIs, for each 512 KB of a request and its answer
    state_transition: float = 0.025 / 1_000  # of Standard workflows; the start and the end count too
    queue_request: float = 0.40 / A_MILLION  # a message is sent, received and deleted; looking in vain counts too
    secret_read: float = 0.05 / 10_000
    secret_month: float = 0.40
    logged_gb: float = 0.50
    traced: float = 5.00 / A_MILLION
    sent_gb: float = 0.09  # to the Internet; 100 GB a month of each account are free, and are not taken off here
    alarm_metric_month: float = 0.10
    metric_month: float = 0.30  # of one that we make; by the hour in which it was reported
    dashboard_month: float = 3.00
    schedule_call: float = 1.00 / A_MILLION
    key_month: float = 1.00


@dataclass(frozen=True)
class Plan:
    """What Supabase's Pro plan holds in a month, and what more of it costs."""

    month: float = 25.0
    egress_gb: float = 250.0
    further_egress_gb: float = 0.09
    messages: float = 5 * A_MILLION  # one for the sender and one for each who listens
    further_message: float = 2.50 / A_MILLION
    stored_gb: float = 100.0
    further_stored_gb: float = 0.021
    messages_a_second: int = 500
    connections: int = 500


PRICES, PLAN = Prices(), Plan()
