"""The Storage part of the Supabase stand-in: buckets, uploads (direct and signed), downloads, links, lists.
Resumable uploads are in `tus`; images are never transformed, and there is no S3 endpoint."""

from starlette.routing import Route

from sandbox.supabase import buckets, object_changes, object_downloads, object_uploads
from sandbox.supabase.database import Database
from sandbox.supabase.settings import GatewaySettings
from sandbox.supabase.storage_doors import StorageParts


def routes(settings: GatewaySettings, database: Database) -> list[Route]:
    """All routes below /storage/v1 but the resumable ones; those with fixed words come before `/object/{bucket}`."""
    parts = StorageParts.of(settings, database)
    rooms = (buckets, object_changes, object_downloads, object_uploads)
    return [route for room in rooms for route in room.routes(parts)]
