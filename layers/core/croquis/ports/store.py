"""The system of record, gathered: one typed method per SQL function, of the same name and with the same arguments.

Every call is one SQL function, so one transaction. It raises Refused with the function's own words, Canceled, or
Unavailable. With an Owner it acts as that user (row-level security and auth.uid() are the user's), else as the workers.
Methods whose name begins with `list_` read a table as that user: newest first, older than the cursor `before`
("<created_at>|<id>").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # a door reads few of them, and each brings its rows
    from croquis.ports.attempts import Attempts
    from croquis.ports.consents import Consents
    from croquis.ports.downloads import Downloads
    from croquis.ports.dry_runs import DryRuns
    from croquis.ports.engines import Engines
    from croquis.ports.erasures import Erasures
    from croquis.ports.exams import Exams
    from croquis.ports.garments import Garments
    from croquis.ports.images import Images
    from croquis.ports.jobs import Jobs
    from croquis.ports.look_books import LookBooks
    from croquis.ports.looks import Looks
    from croquis.ports.models import Models
    from croquis.ports.photos import Photos
    from croquis.ports.provenance import Provenance
    from croquis.ports.purges import Purges
    from croquis.ports.repairs import Repairs
    from croquis.ports.runs import Runs
    from croquis.ports.shown import Shown
    from croquis.ports.try_ons import TryOns


class Store(Protocol):
    """One port per noun."""

    @property
    def jobs(self) -> Jobs: ...

    @property
    def consents(self) -> Consents: ...

    @property
    def shown(self) -> Shown: ...

    @property
    def photos(self) -> Photos: ...

    @property
    def garments(self) -> Garments: ...

    @property
    def look_books(self) -> LookBooks: ...

    @property
    def looks(self) -> Looks: ...

    @property
    def runs(self) -> Runs: ...

    @property
    def attempts(self) -> Attempts: ...

    @property
    def images(self) -> Images: ...

    @property
    def downloads(self) -> Downloads: ...

    @property
    def repairs(self) -> Repairs: ...

    @property
    def erasures(self) -> Erasures: ...

    @property
    def exams(self) -> Exams: ...

    @property
    def dry_runs(self) -> DryRuns: ...

    @property
    def models(self) -> Models: ...

    @property
    def provenance(self) -> Provenance: ...

    @property
    def try_ons(self) -> TryOns: ...

    @property
    def engines(self) -> Engines: ...

    @property
    def purges(self) -> Purges: ...
