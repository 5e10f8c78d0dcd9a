"""Compare the CPU time and the quality of Shoebox's renditions with those of its peers.

Each implementation is a process with one thread, which does the job once before it is measured.
Each round has new processes: the memory layout of a process makes the same decode up to 10 % slower
or faster (Mytkowicz et al., "Producing wrong data without doing anything obviously wrong!", 2009).
Those that a goal names run in every round, the others in every third.

Shoebox does the whole upload: multipart, hash, EXIF, metadata, decoding, renditions, placeholder.
Its peers make four JPEGs only, and in the comparison Shoebox makes the same ones. One more line has
the upload with all renditions, AVIFs included.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

from benchmarks import runner
from benchmarks.images import memory
from benchmarks.runner import PYRAMID, SHOEBOX, SHOEBOX_AVIF, THUMBNAILS, Implementation
from benchmarks.sample_photos import sample_photos

ROUNDS = 15
GOALS = {PYRAMID: 1.0, THUMBNAILS: 0.45}
IN_EVERY_ROUND = (SHOEBOX, SHOEBOX_AVIF, *GOALS)
MAX_SSIM_LOSS = 0.005
Costs = dict[str, float]  # CPU seconds by implementation


def main() -> None:
    """Print CPU times, similarities and memory, and the goals that are missed."""
    runner.install_peers()
    with tempfile.TemporaryDirectory() as name:
        photos = sample_photos(Path(name))
        missed = compare_cpu(photos)
        with runner.start((SHOEBOX, PYRAMID)) as implementations:
            if PYRAMID in implementations:
                missed += compare_quality(implementations, photos, Path(name))
        missed += memory.measure(photos)
        missed += memory.measure_at_rest(photos)
    print("  Goals missed: " + ("; ".join(missed) if missed else "none"))


def compare_cpu(photos: Mapping[str, Path]) -> list[str]:
    """Print the table of CPU times and return the goals that are missed."""
    print(f"Upload: CPU ms (ratio to {PYRAMID}, to {THUMBNAILS}), median of {ROUNDS} rounds")
    print(f"({ROUNDS // 3} for those that no goal names)")
    with runner.start() as implementations:
        names = tuple(implementations)
    costs = _measure_cpu(names, photos)
    print(f"  {'':26}" + "".join(f"{photo:>25}" for photo in photos))
    for name in names:
        print(f"  {name:26}" + "".join(f"{_cell(cost, name):>25}" for cost in costs.values()))
    return [
        f"{photo}: {cost[SHOEBOX] / cost[peer]:.2f} of {peer}"
        for photo, cost in costs.items()
        for peer, most in GOALS.items()
        if peer in cost and cost[SHOEBOX] > most * cost[peer]
    ]


def compare_quality(
    implementations: Mapping[str, Implementation], photos: Mapping[str, Path], folder: Path
) -> list[str]:
    """Print the table of similarities and return the goals that are missed."""
    zone_plate = folder / "zone.jpg"
    _run_ssim("zone", zone_plate)
    print("SSIM of the renditions to float LANCZOS from the full decode (difference to pyvips)")
    missed = []
    for photo, file in {**photos, "zone plate": zone_plate}.items():
        folders = [
            _write_renditions(implementations[name], file, folder / name / photo)
            for name in (SHOEBOX, PYRAMID)
        ]
        shoebox, pyvips = json.loads(_run_ssim(file, *folders))
        pairs = list(zip(shoebox, pyvips, strict=True))
        worst = min(ours - theirs for ours, theirs in pairs)
        cells = "".join(f"   {ours:.4f} ({ours - theirs:+.4f})" for ours, theirs in pairs)
        print(f"  {photo:22}{cells}   worst {worst:+.4f}")
        if worst < -MAX_SSIM_LOSS:
            missed.append(f"{photo}: SSIM {worst:+.4f}")
    return missed


def _measure_cpu(names: tuple[str, ...], photos: Mapping[str, Path]) -> dict[str, Costs]:
    seconds = {(photo, name): list[float]() for photo in photos for name in names}
    for round_number in range(ROUNDS):
        is_third = round_number % 3 == 0
        in_this_round = [name for name in names if is_third or name in IN_EVERY_ROUND]
        with runner.start(in_this_round) as implementations:
            for photo, file in photos.items():
                for implementation in implementations.values():
                    implementation.run(file)
                for name, implementation in implementations.items():
                    seconds[photo, name].append(implementation.run(file))
    return {photo: {name: median(seconds[photo, name]) for name in names} for photo in photos}


def _cell(cost: Costs, name: str) -> str:
    ratios = [f"{cost[name] / cost[peer]:.2f}" if peer in cost else "?" for peer in GOALS]
    return f"{cost[name] * 1000:.0f} ({', '.join(ratios)})"


def _write_renditions(implementation: Implementation, file: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    implementation.run(file, folder)
    return folder


def _run_ssim(*arguments: object) -> str:
    command = [str(runner.PEERS_PYTHON), "-m", "benchmarks.images.ssim", *map(str, arguments)]
    done = subprocess.run(command, cwd=runner.ROOT, check=True, capture_output=True, text=True)
    return done.stdout
