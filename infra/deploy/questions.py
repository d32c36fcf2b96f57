"""What has to be known of a stage, asked once."""

from collections.abc import Sequence
from dataclasses import replace

from infra.deploy.answers import Answers
from infra.deploy.asking import Asking

WHERE = """
What will live where:
  {project}: accounts, photos, garments, weights, pictures and all rows,
    in the region that you chose for that project.
  AWS {account}, {region}: code and secrets; photos and pictures while they are worked on;
    logs for a month, without names and prompts.
  Replicate, in the United States: each training's photos and weights; each picture's input, for an hour.
"""


def complete(answers: Answers, asking: Asking, profile_region: str, but: Sequence[str] = ()) -> Answers:
    """With all that is missing answered. A region is never taken from anything but the profile or the answer."""
    asked = {
        "region": ("AWS region", profile_region),
        "supabase_url": ("Address of the Supabase project (Settings → Data API)", ""),
        "supabase_publishable_key": ("Its publishable key, which is no secret (Settings → API Keys)", ""),
        "replicate_destination": (
            "Private model at Replicate for all trainings, owner/name; made if it is not there",
            "",
        ),
        "allowed_origins": ("Origins of your dashboard, with commas between them", "http://localhost:5173"),
    }
    for name, (question, default) in asked.items():
        if name not in but and not getattr(answers, name):
            answers = replace(answers, **{name: asking.answer(name, question, default)})
    return answers


def alarm_email(answers: Answers, asking: Asking) -> Answers:
    """Asked at the first run only: nobody is an answer, too."""
    told = asking.answer("alarm_email", "Who gets the alarms by mail; empty for nobody", may_be_empty=True)
    return replace(answers, alarm_email=told)
