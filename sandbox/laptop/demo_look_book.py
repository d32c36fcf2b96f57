"""What `make demo LOOKBOOK=1` adds: three looks of sample garments on four poses, with sheet, ZIP and report."""

from sandbox.laptop.command_line import CommandLine
from sandbox.laptop.demo_look import brought, kept

GARMENTS = {
    "upper": "Red knitted top", "lower": "Blue trousers", "shoes": "Brown shoes", "dress": "Dress", "hat": "Hat",
    "coat": "Coat", "bag": "Bag",
}  # fmt: skip
CATEGORIES = {"coat": "outerwear"}  # where the file is called otherwise
LOOKS = {
    "In town": ("upper", "lower", "shoes"),
    "In the garden": ("dress", "hat", "shoes"),
    "On a journey": ("coat", "lower", "bag"),
}
POSES = (
    "standing upright, facing the camera",
    "walking towards the camera",
    "seen from the side",
    "hands on the hips",
)
BUDGET_USD = "1"


def lay_out(croquis: CommandLine, model: str, out: str) -> None:
    """Order it, show how far it is, keep its files, and say what drifts."""
    at_hand = {file: brought(croquis, CATEGORIES.get(file, file), name, file) for file, name in GARMENTS.items()}
    looks = [kept(croquis, name, [at_hand[it] for it in worn]) for name, worn in LOOKS.items()]
    grid = [word for look in looks for word in ("--look", look)] + [word for it in POSES for word in ("--pose", it)]
    croquis.run("lookbook", "order", model, *grid, "--budget", BUDGET_USD, "--yes", "--out", out)
