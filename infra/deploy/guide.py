"""The order of a deployment: questions, a look before, database, provider, stack, secrets, hook, and a look after."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from croquis_cli.doctor.examination import examine
from croquis_cli.doctor.findings import Finding, Verdict
from croquis_cli.doctor.patient import REPLICATE, Patient, versions_in
from croquis_marks.certificates import new_identity
from infra.deploy import questions, replicate
from infra.deploy.answers import Answers
from infra.deploy.asking import Asking
from infra.deploy.cloud import Cloud, profile_region
from infra.deploy.database import ProjectDatabase
from infra.deploy.errors import Stopped
from infra.deploy.stack import Planned, Sam, parameters, stack_name
from sandbox.laptop.private_file import write_private
from sandbox.supabase.migrate import MIGRATIONS

# what no step of ours puts right, so it comes first
BEFORE = {"publishable key", "secret key", "signing keys", "issuer", "Replicate token", "trainer", "concurrency"}
# what the database's password is needed for
IN_THE_DATABASE = {"migrations", "pg_net", "storage hook"}
LEFT = {"alarms"}  # a person has to do it
DASHBOARD = """\
NEXT_PUBLIC_CROQUIS_API_URL='{api}'
NEXT_PUBLIC_SUPABASE_URL='{supabase}'
NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY='{key}'
"""


@dataclass
class Guide:
    """One stage's deployment. `origin` is Replicate's; `cloud_of` a region and a stack's name is AWS."""

    stage: str
    path: Path
    asking: Asking
    sam: Sam
    origin: str = REPLICATE
    cloud_of: Callable[[str, str], Cloud] = Cloud

    def deploy(self) -> None:
        """All of it, or Stopped at the first step that cannot be done."""
        self.answers = self._asked()
        self.cloud = self.cloud_of(self.answers.region, stack_name(self.stage))
        self._agree()
        self.outputs = self.cloud.outputs()
        self.held: dict[str, dict[str, Any]] = self.cloud.secrets(self.outputs)
        self.key = self._secret("supabase-secret-key", "SupabaseSecret", "key")
        self.token = self._secret("replicate-token", "ReplicateSecret", "token")
        self.planned = Planned.of(parameters(self.stage, self.answers))
        found = self._look(only=BEFORE)
        self._database(found)
        self._destination()
        self._stack()
        self._secrets()
        self._hook()
        self._end()

    def examine(self) -> list[Finding]:
        """A look at what is deployed, with what only its own AWS account knows."""
        self.answers = Answers.read(self.path)
        if not self.answers.region:
            raise Stopped(f"{self.path.name} says nothing of this stage yet: `make deploy STAGE={self.stage}` asks.")
        self.cloud = self.cloud_of(self.answers.region, stack_name(self.stage))
        self.outputs = self.cloud.outputs()
        self.held = self.cloud.secrets(self.outputs)
        self.key = str(self.held.get("SupabaseSecret", {}).get("key", "")) or self.asking.held("supabase-secret-key")
        self.token = str(self.held.get("ReplicateSecret", {}).get("token", "")) or self.asking.held("replicate-token")
        self.planned = Planned.of(parameters(self.stage, self.answers))
        return self._findings()

    def _asked(self) -> Answers:
        first = not self.path.exists()
        answers = questions.complete(Answers.read(self.path), self.asking, profile_region())
        if first:
            answers = questions.alarm_email(answers, self.asking)
        answers.write(self.path, self.stage)
        return answers

    def _agree(self) -> None:
        told = {"project": self.answers.supabase_url, "account": self.cloud.account_id, "region": self.answers.region}
        self.asking.say(questions.WHERE.format(**told))
        if not self.asking.agreed(f"Deploy {self.cloud.stack} there?"):
            raise Stopped("Nothing was done.")

    def _secret(self, name: str, kept_in: str, part: str) -> str:
        """A file's comes first, so that it can be exchanged; what AWS keeps is not asked for again."""
        return self.asking.held(name) or self.held.get(kept_in, {}).get(part) or self.asking.secret(name)

    def _look(self, only: set[str]) -> dict[str, Verdict]:
        found = self._findings(only)
        if bad := [it.check for it in found if it.verdict is Verdict.WRONG and it.check in only]:
            raise Stopped(f"Put right first: {', '.join(bad)}. Nothing was changed.")
        return {it.check: it.verdict for it in found}

    def _findings(self, shown: set[str] | None = None) -> list[Finding]:
        found: list[Finding] = []
        for it in examine(self._patient()):
            if shown is None or it.check in shown:
                self.asking.say(f"{it.verdict:>13}  {it.check}: {it.sentence}")
            found.append(it)
        return found

    def _patient(self) -> Patient:
        answers, held = self.answers, self.held
        return Patient(
            supabase=answers.supabase_url, publishable_key=answers.supabase_publishable_key, api=self._api(),
            origins=answers.origins, secret_key=self.key or None, largest_preset=answers.largest_preset,
            migrations=versions_in(MIGRATIONS), replicate=self.origin,
            replicate_token=self.token or None, destination=answers.replicate_destination,
            trainer=self.planned.trainer, webhook_secrets=held.get("WebhookSecret", {}).get("secrets"),
            hook_secrets=held.get("StorageHookSecret", {}).get("secrets"),
            account=self.cloud.account(self.outputs, self.planned.reserved),
        )  # fmt: skip

    def _api(self) -> str | None:
        return (self.answers.public_url or self.outputs["ApiUrl"]) if self.outputs else None

    def _database(self, found: Mapping[str, Verdict]) -> None:
        self.database: ProjectDatabase | None = None
        if all(found[it] is Verdict.OK for it in IN_THE_DATABASE):
            self._did("database", [])
            return
        self._did("database", self._connected().prepare())

    def _connected(self) -> ProjectDatabase:
        """The password is asked for only where something is to be done with it."""
        if self.database is None:
            self.database = ProjectDatabase.of(self.asking.secret("database-url"), self.answers.supabase_url)
        return self.database

    def _destination(self) -> None:
        with replicate.account(self.origin, self.token) as http:
            made = replicate.create_destination(http, self.answers.replicate_destination)
        self._did("destination", [f"created {self.answers.replicate_destination}, private"] if made else [])

    def _stack(self) -> None:
        given = parameters(self.stage, self.answers)
        self.sam.deploy(self.stage, self.answers.region, self.cloud.stack, given)
        self.outputs = self.cloud.outputs()
        self.held = self.cloud.secrets(self.outputs)

    def _secrets(self) -> None:
        with replicate.account(self.origin, self.token) as http:
            signing = replicate.signing_secret(http)
        webhooks = self.held["WebhookSecret"].get("secrets", [])
        wanted = {
            "SupabaseSecret": {"key": self.key},
            "ReplicateSecret": {"token": self.token},
            # the one before is still good for what is on its way
            "WebhookSecret": {"secrets": webhooks if signing in webhooks else [signing, *webhooks[:1]]},
            "StorageHookSecret": self.held["StorageHookSecret"] or {"secrets": [secrets.token_urlsafe(32)]},
            "MarksSecret": self.held["MarksSecret"] or asdict(new_identity()),
        }
        changed = [it for it in wanted if self.cloud.keep_secret(self.outputs[it], wanted[it], self.held[it])]
        self.held = wanted
        self._did("secrets", [f"filled {name}" for name in changed])

    def _hook(self) -> None:
        first = self.held["StorageHookSecret"]["secrets"][0]  # the newest; those behind it are on their way out
        patient = replace(self._patient(), hook_secrets=[first], replicate_token=None, account=None)
        right = any(it.check == "storage hook" and it.verdict is Verdict.OK for it in examine(patient))
        if not right:
            self._connected().keep_hook(f"{self._api()}/hooks/storage", first)
        self._did("storage hook", [] if right else ["told the database where to call"])

    def _end(self) -> None:
        self.asking.say("\nA look at what is deployed, which pays nothing:")
        found = self._findings()
        lines = DASHBOARD.format(
            api=self._api(), supabase=self.answers.supabase_url, key=self.answers.supabase_publishable_key
        )
        write_private(self.path.with_name(f"{self.stage}.env.local"), lines)
        self.asking.say(f"\nThe API is at {self._api()}. Your dashboard needs:\n\n{lines}")
        if bad := [it.check for it in found if it.verdict is Verdict.WRONG and it.check not in LEFT]:
            raise Stopped(f"It is deployed, and something is wrong: {', '.join(bad)}. Each line above says what to do.")
        self.asking.say("It is deployed.")

    def _did(self, step: str, done: list[str]) -> None:
        self.asking.say(f"{step}: {'; '.join(done) or 'as it should be, nothing changed'}")
