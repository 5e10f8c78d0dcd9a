"""An upload's CPU and the renditions' likeness, against who else makes renditions of a JPEG: one thread, in turn.

Every contestant is a process of its own that has done the job once before it is asked for the CPU time of the job.
Each round has new processes: where the parts of one come to lie in memory makes the same decode up to 10 % slower or
faster for as long as it lives (Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", 2009).
Those that the goals compare run in every round, the others in every third.
Shoebox does the whole upload: multipart, hash, EXIF, cleaning, decoding, renditions, placeholder. Its peers make the
four renditions and nothing else.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks import memory, peers
from benchmarks.peers import OURS, PYRAMID, THUMBNAILS, Contestant
from benchmarks.photographs import photographs

ROUNDS = 15
GOALS = {PYRAMID: 1.0, THUMBNAILS: 0.45}
COMPARED = (OURS, *GOALS)
MOST_BELOW = 0.005  # SSIM
Costs = dict[str, float]  # CPU seconds by contestant


def main() -> None:
    """Race, compare, weigh; say which goals were missed."""
    peers.install()
    with tempfile.TemporaryDirectory() as name:
        photos = photographs(Path(name))
        missed = race(photos)
        with peers.contestants((OURS, PYRAMID)) as racers:
            if PYRAMID in racers:
                missed += compare(racers, photos, Path(name))
        missed += memory.weigh(photos)
    print("  Goals missed: " + ("; ".join(missed) if missed else "none"))


def race(photos: Mapping[str, Path]) -> list[str]:
    """The table of CPU times."""
    print(
        f"Upload pipeline: CPU ms (ratio to pyvips's one decode, to its thumbnail a size), median of {ROUNDS} rounds"
    )
    print(f"({ROUNDS // 3} for those that no goal names)")
    with peers.contestants() as racers:
        names = tuple(racers)
    costs = _costs(names, photos)
    print(f"  {'':26}" + "".join(f"{photo:>25}" for photo in photos))
    for name in names:
        print(f"  {name:26}" + "".join(f"{_cell(cost, name):>25}" for cost in costs.values()))
    return [
        f"{photo}: {cost[OURS] / cost[peer]:.2f} of {peer}"
        for photo, cost in costs.items()
        for peer, most in GOALS.items()
        if peer in cost and cost[OURS] > most * cost[peer]
    ]


def compare(
    racers: Mapping[str, Contestant], photos: Mapping[str, Path], folder: Path
) -> list[str]:
    """The table of similarities."""
    zone = folder / "zone.jpg"
    _ssim("zone", zone)
    print(
        "Renditions of 320 to 2048: SSIM to float LANCZOS from the full decode, Shoebox's and that less pyvips's"
    )
    missed = []
    for photo, file in {**photos, "zone plate": zone}.items():
        rows = json.loads(
            _ssim(
                file,
                *(
                    _renditions(racers[name], file, folder / name / photo)
                    for name in (OURS, PYRAMID)
                ),
            )
        )
        pairs = list(zip(*rows, strict=True))
        worst = min(ours - theirs for ours, theirs in pairs)
        cells = "".join(f"   {ours:.4f} ({ours - theirs:+.4f})" for ours, theirs in pairs)
        print(f"  {photo:22}{cells}   worst {worst:+.4f}")
        missed += [f"{photo}: SSIM {worst:+.4f}"] if worst < -MOST_BELOW else []
    return missed


def _costs(names: tuple[str, ...], photos: Mapping[str, Path]) -> dict[str, Costs]:
    spent = {(photo, name): list[float]() for photo in photos for name in names}
    for round_ in range(ROUNDS):
        with peers.contestants(
            name for name in names if name in COMPARED or round_ % 3 == 0
        ) as racers:
            for photo, file in photos.items():
                for racer in racers.values():
                    racer.run(file)
                for name, racer in racers.items():
                    spent[photo, name].append(racer.run(file))
    return {photo: {name: median(spent[photo, name]) for name in names} for photo in photos}


def _cell(cost: Costs, name: str) -> str:
    ratios = [f"{cost[name] / cost[peer]:.2f}" if peer in cost else "?" for peer in GOALS]
    return f"{cost[name] * 1000:.0f} ({', '.join(ratios)})"


def _renditions(racer: Contestant, file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    racer.run(file, folder)
    return folder


def _ssim(*arguments: object) -> str:
    command = [str(peers.PYTHON), "-m", "benchmarks.ssim", *map(str, arguments)]
    return subprocess.run(
        command, cwd=peers.ROOT, check=True, capture_output=True, text=True
    ).stdout
