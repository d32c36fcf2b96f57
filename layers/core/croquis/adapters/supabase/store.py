"""Keeps the port Store: every noun over the same Data API."""

from croquis.adapters.supabase.attempts import SupabaseAttempts
from croquis.adapters.supabase.consents import SupabaseConsents
from croquis.adapters.supabase.data_api import DataApi
from croquis.adapters.supabase.downloads import SupabaseDownloads
from croquis.adapters.supabase.dry_runs import SupabaseDryRuns
from croquis.adapters.supabase.engines import SupabaseEngines
from croquis.adapters.supabase.erasures import SupabaseErasures
from croquis.adapters.supabase.exams import SupabaseExams
from croquis.adapters.supabase.garments import SupabaseGarments
from croquis.adapters.supabase.images import SupabaseImages
from croquis.adapters.supabase.jobs import SupabaseJobs
from croquis.adapters.supabase.look_books import SupabaseLookBooks
from croquis.adapters.supabase.looks import SupabaseLooks
from croquis.adapters.supabase.models import SupabaseModels
from croquis.adapters.supabase.photos import SupabasePhotos
from croquis.adapters.supabase.provenance import SupabaseProvenance
from croquis.adapters.supabase.purges import SupabasePurges
from croquis.adapters.supabase.repairs import SupabaseRepairs
from croquis.adapters.supabase.runs import SupabaseRuns
from croquis.adapters.supabase.shown import SupabaseShown
from croquis.adapters.supabase.try_ons import SupabaseTryOns


class SupabaseStore:
    """One adapter per noun."""

    def __init__(self, api: DataApi) -> None:
        self.jobs = SupabaseJobs(api)
        self.consents = SupabaseConsents(api)
        self.shown = SupabaseShown(api)
        self.photos = SupabasePhotos(api)
        self.garments = SupabaseGarments(api)
        self.look_books = SupabaseLookBooks(api)
        self.looks = SupabaseLooks(api)
        self.runs = SupabaseRuns(api)
        self.attempts = SupabaseAttempts(api)
        self.images = SupabaseImages(api)
        self.downloads = SupabaseDownloads(api)
        self.repairs = SupabaseRepairs(api)
        self.erasures = SupabaseErasures(api)
        self.exams = SupabaseExams(api)
        self.dry_runs = SupabaseDryRuns(api)
        self.models = SupabaseModels(api)
        self.provenance = SupabaseProvenance(api)
        self.try_ons = SupabaseTryOns(api)
        self.engines = SupabaseEngines(api)
        self.purges = SupabasePurges(api)
