"""HTTPS before a server of this laptop, for clients that take no other links: TLS comes in, and plain bytes go on."""

import asyncio
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sandbox.laptop.private_file import write_private
from sandbox.laptop.serving import HOST, listen

PIECE = 1 << 16
LIFE = timedelta(days=90)


class TlsFront:
    """Serves https://127.0.0.1 inside the `with` block, to whoever trusts the certificate in the file `trusted`."""

    def __init__(self, folder: Path, to_port: int, port: int = 0) -> None:
        self._to_port = to_port
        self._listener = listen(port)
        self.url = f"https://{HOST}:{self._listener.getsockname()[1]}"
        self.trusted = folder / "trusted.pem"
        self._context = _context(folder, self.trusted)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tls", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        opening = asyncio.start_server(self._pipe, sock=self._listener, ssl=self._context)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _stop(self) -> None:
        self._server.close()
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection(HOST, self._to_port)
        except OSError:  # it has stopped, or not begun
            writer.close()
            return
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """All bytes until either side hangs up; then the other side hears of it."""
    try:
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    except OSError:
        pass
    finally:
        target.close()


def _context(folder: Path, trusted: Path) -> ssl.SSLContext:
    """A key of its own at each start, and the certificate that vouches for itself."""
    folder.mkdir(parents=True, exist_ok=True)
    key, secret = ec.generate_private_key(ec.SECP256R1()), folder / "tls_key.pem"
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    write_private(secret, key.private_bytes(pem, form, serialization.NoEncryption()).decode())
    trusted.write_bytes(_certificate(key).public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted, secret)
    return context


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Croquis sandbox")]), datetime.now(UTC)
    places = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address(HOST))])
    return (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(places, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
