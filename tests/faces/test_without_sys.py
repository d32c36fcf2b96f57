"""onnxruntime has aborted where /sys/devices/system/cpu cannot be read, as on Lambda.

The process below takes the right to read /sys from itself (Linux's Landlock, which needs no privilege), then imports
the layer and judges a picture. That shows that neither the import nor a run needs /sys on a machine of this kind; it
shows nothing of another processor. Elsewhere than on Linux there is no /sys to be taken away.
"""

import subprocess
import sys
from pathlib import Path

from photo_cases import GOOD

WITHOUT_SYS = """
import ctypes, os, sys

def take_sys_away():
    libc = ctypes.CDLL(None, use_errno=True)
    class Attributes(ctypes.Structure):
        _fields_ = [("files", ctypes.c_uint64)]
    class Beneath(ctypes.Structure):
        _pack_ = 1
        _fields_ = [("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32)]
    READ = 1 << 2 | 1 << 3  # files, and folders
    create, add, restrict, no_new_privileges = 444, 445, 446, 38
    rules = libc.syscall(create, ctypes.byref(Attributes(READ)), 8, 0)
    assert rules >= 0, "this kernel has no Landlock: nothing can be shown here"
    for name in os.listdir("/"):
        if name != "sys" and not os.path.islink("/" + name):
            folder = os.open("/" + name, os.O_PATH)
            allowed = READ if os.path.isdir("/" + name) else 1 << 2
            assert not libc.syscall(add, rules, 1, ctypes.byref(Beneath(allowed, folder)), 0)
    assert not libc.prctl(no_new_privileges, 1, 0, 0, 0)
    assert not libc.syscall(restrict, rules, 0)
    try:
        os.listdir("/sys/devices/system/cpu")
    except PermissionError:
        return
    sys.exit("/sys can still be read")

if sys.platform == "linux":
    take_sys_away()
from croquis_faces import measure_picture, reference_of
photo = open(sys.argv[1], "rb").read()
print(measure_picture(photo, reference_of([photo]))[0].value)
"""


def test_the_layer_works_where_sys_cannot_be_read() -> None:
    path = ["-c", f"import sys; sys.path[:0] = {sys.path!r}\n{WITHOUT_SYS}", str(Path(GOOD / "01.jpg"))]
    ran = subprocess.run([sys.executable, *path], capture_output=True, text=True, check=False)
    assert ran.stdout == "passes\n", ran.stderr[-2000:]
