"""What every typed row shares: read once, where it comes in, and never changed."""

from pydantic import BaseModel, ConfigDict


class Row(BaseModel):
    """Columns that a model does not name are left behind."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, protected_namespaces=())


class Failed(Row):
    """Why a run or an image failed, as its row says it; all three or none."""

    failure_code: str | None
    failure_sentence: str | None
    failure_hint: str | None
