"""What `make demo LOOKBOOK=1` adds: three looks of sample garments on four poses, with sheet, ZIP and report."""

from pathlib import Path

import httpx

from sandbox import ROOT
from sandbox.laptop.demo_look import Ask, View, Wait, brought
from sandbox.laptop.stage import Stage

FOLDER = ROOT / ".croquis"
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
BUDGET_USD = 1.0
FILES = {"sheet_url": "look-book.png", "pdf_url": "look-book.pdf", "zip_url": "look-book.zip"}


def lay_out(ask: Ask, wait: Wait, stage: Stage, model: str) -> None:
    """Order it, show how far it is, keep its files, and say what drifts."""
    kept = {file: brought(ask, wait, CATEGORIES.get(file, file), name, file) for file, name in GARMENTS.items()}
    looks = [
        ask("POST", "/v1/looks", {"name": it, "garment_ids": [kept[x] for x in worn]}) for it, worn in LOOKS.items()
    ]
    book: View = {
        "model_id": model,
        "rows": [{"look_id": it["id"]} for it in looks],
        "columns": [{"pose": it} for it in POSES],
        "budget_usd": BUDGET_USD,
    }
    tried = ask("POST", "/v1/look-books", {**book, "dry_run": True})
    stage.say(f"A look-book of {len(LOOKS)} looks x {len(POSES)} poses, expected ${float(tried['expected_usd']):.2f}")
    ordered = ask("POST", "/v1/look-books", book, paid=True)

    def unfinished(view: View) -> str:
        done = view["progress"]
        stage.progress(f"Look-book · {done['ended']} of {done['of']} cells", news=("look-book", done["ended"] // 4))
        return "" if view["files"] else f"the look-book is {view['status']}"

    _tell(stage, wait(f"/v1/look-books/{ordered['id']}", unfinished))


def _tell(stage: Stage, view: View) -> None:
    progress, report = view["progress"], view["report"]
    spent = f"${float(view['spent_usd']):.2f} of ${float(view['budget_usd']):.2f}"
    stage.say(f"Look-book {view['status']}: {progress['done']} of {progress['of']} cells have a picture, {spent} spent")
    for cell in [it for it in report["cells"] if it["fails"]][:3]:
        where = f"{view['rows'][cell['row_no'] - 1]}, {view['columns'][cell['column_no'] - 1]}"
        stage.say(f"Drifts: {where}: {', '.join(cell['fails']).replace('_', ' ')}")
    for cell in [it for it in view["cells"] if it["problem"]]:
        stage.say(f"Row {cell['row']}, column {cell['column']}: {cell['problem']['sentence']}")
    for link, name in FILES.items():
        if view["files"][link]:
            _keep(view["files"][link], FOLDER / name)
            stage.say(f"Look-book: {(FOLDER / name).relative_to(ROOT)}")


def _keep(url: str, where: Path) -> None:
    where.write_bytes(httpx.get(url, timeout=60).raise_for_status().content)
