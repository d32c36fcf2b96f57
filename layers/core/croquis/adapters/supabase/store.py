"""Keeps the port Store: every noun over the same Data API, each imported when it is first asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

from croquis.adapters.supabase.data_api import DataApi

if TYPE_CHECKING:  # the types do not know that a cached property keeps a Protocol's property
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

    lazy = property
else:
    lazy = cached_property


class SupabaseStore:
    """One adapter per noun."""

    def __init__(self, api: DataApi) -> None:
        self._api = api

    @lazy
    def jobs(self) -> "Jobs":
        from croquis.adapters.supabase.jobs import SupabaseJobs

        return SupabaseJobs(self._api)

    @lazy
    def consents(self) -> "Consents":
        from croquis.adapters.supabase.consents import SupabaseConsents

        return SupabaseConsents(self._api)

    @lazy
    def shown(self) -> "Shown":
        from croquis.adapters.supabase.shown import SupabaseShown

        return SupabaseShown(self._api)

    @lazy
    def photos(self) -> "Photos":
        from croquis.adapters.supabase.photos import SupabasePhotos

        return SupabasePhotos(self._api)

    @lazy
    def garments(self) -> "Garments":
        from croquis.adapters.supabase.garments import SupabaseGarments

        return SupabaseGarments(self._api)

    @lazy
    def look_books(self) -> "LookBooks":
        from croquis.adapters.supabase.look_books import SupabaseLookBooks

        return SupabaseLookBooks(self._api)

    @lazy
    def looks(self) -> "Looks":
        from croquis.adapters.supabase.looks import SupabaseLooks

        return SupabaseLooks(self._api)

    @lazy
    def runs(self) -> "Runs":
        from croquis.adapters.supabase.runs import SupabaseRuns

        return SupabaseRuns(self._api)

    @lazy
    def attempts(self) -> "Attempts":
        from croquis.adapters.supabase.attempts import SupabaseAttempts

        return SupabaseAttempts(self._api)

    @lazy
    def images(self) -> "Images":
        from croquis.adapters.supabase.images import SupabaseImages

        return SupabaseImages(self._api)

    @lazy
    def downloads(self) -> "Downloads":
        from croquis.adapters.supabase.downloads import SupabaseDownloads

        return SupabaseDownloads(self._api)

    @lazy
    def repairs(self) -> "Repairs":
        from croquis.adapters.supabase.repairs import SupabaseRepairs

        return SupabaseRepairs(self._api)

    @lazy
    def erasures(self) -> "Erasures":
        from croquis.adapters.supabase.erasures import SupabaseErasures

        return SupabaseErasures(self._api)

    @lazy
    def exams(self) -> "Exams":
        from croquis.adapters.supabase.exams import SupabaseExams

        return SupabaseExams(self._api)

    @lazy
    def dry_runs(self) -> "DryRuns":
        from croquis.adapters.supabase.dry_runs import SupabaseDryRuns

        return SupabaseDryRuns(self._api)

    @lazy
    def models(self) -> "Models":
        from croquis.adapters.supabase.models import SupabaseModels

        return SupabaseModels(self._api)

    @lazy
    def provenance(self) -> "Provenance":
        from croquis.adapters.supabase.provenance import SupabaseProvenance

        return SupabaseProvenance(self._api)

    @lazy
    def try_ons(self) -> "TryOns":
        from croquis.adapters.supabase.try_ons import SupabaseTryOns

        return SupabaseTryOns(self._api)

    @lazy
    def engines(self) -> "Engines":
        from croquis.adapters.supabase.engines import SupabaseEngines

        return SupabaseEngines(self._api)

    @lazy
    def purges(self) -> "Purges":
        from croquis.adapters.supabase.purges import SupabasePurges

        return SupabasePurges(self._api)
